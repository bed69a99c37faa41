//! The bytes of a file under watch: a file of any size passes in flat memory, because no text, line
//! or nesting may grow past its limit, and what no reader can use stops it at once.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::{FaultKind, Format, Limits};

/// What the watch saw, shared with the reader above it.
#[derive(Debug, Default)]
pub(super) struct Watch {
    line: Cell<u64>,
    stop: Cell<Option<FaultKind>>,
    seen: Cell<bool>,
    within_quotes: Cell<bool>,
}

impl Watch {
    /// The line of the last byte given, from 1.
    pub fn line(&self) -> u64 {
        self.line.get().max(1)
    }

    /// Why the bytes were cut, if they were.
    pub fn stop(&self) -> Option<FaultKind> {
        self.stop.get()
    }

    /// Whether anything but blanks was seen.
    pub fn saw_content(&self) -> bool {
        self.seen.get()
    }

    /// Whether the last byte stood within quotes.
    pub fn within_quotes(&self) -> bool {
        self.within_quotes.get()
    }
}

/// A reader that gives a byte at a time, so that the line of each value is exact.
pub(super) struct Guarded<R> {
    source: R,
    format: Format,
    limits: Limits,
    watch: Rc<Watch>,
    buffer: Box<[u8]>,
    /// The part of the buffer not yet given.
    ready: std::ops::Range<usize>,
    given: u64,
    started: bool,
    newline: bool,
    escaped: bool,
    /// Bytes of the current text, or of the current CSV record.
    length: usize,
    depth: usize,
    /// Continuation bytes a UTF-8 character still lacks.
    lacking: u8,
}

impl<R: Read> Guarded<R> {
    pub fn new(source: R, format: Format, limits: Limits) -> Self {
        let watch = Rc::new(Watch::default());
        watch.line.set(1);
        Self {
            source,
            format,
            limits,
            watch,
            buffer: vec![0; 64 * 1024].into_boxed_slice(),
            ready: 0..0,
            given: 0,
            started: false,
            newline: false,
            escaped: false,
            length: 0,
            depth: 0,
            lacking: 0,
        }
    }

    pub fn watch(&self) -> Rc<Watch> {
        Rc::clone(&self.watch)
    }

    fn cut(&self, kind: FaultKind) -> io::Error {
        self.watch.stop.set(Some(kind));
        io::Error::other("the watch cut the file")
    }

    /// Fills the buffer; the first time, drops a UTF-8 mark and knows UTF-16 by its own.
    fn fill(&mut self) -> io::Result<usize> {
        let mut filled = 0;
        // Three bytes at least, the first time, lest a mark be cut in two by a slow source.
        let wanted = if self.started { 1 } else { 3 };
        while filled < wanted {
            let Some(room) = self.buffer.get_mut(filled..) else { break };
            match self.source.read(room) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(self.cut(FaultKind::Unreadable)),
            }
        }
        self.ready = 0..filled;
        if !self.started {
            self.started = true;
            let first = self.buffer.get(..filled).unwrap_or_default();
            match first {
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=127, ..] | [1..=127, 0, ..] => {
                    return Err(self.cut(FaultKind::Encoding));
                }
                [0xef, 0xbb, 0xbf, ..] => self.ready.start = 3,
                _ => {}
            }
        }
        Ok(self.ready.len())
    }

    fn check(&mut self, byte: u8) -> io::Result<()> {
        self.given += 1;
        if self.given > self.limits.bytes {
            return Err(self.cut(FaultKind::TooLarge));
        }
        if self.newline {
            self.watch.line.set(self.watch.line.get() + 1);
        }
        // A newline belongs to the line it ends.
        self.newline = byte == b'\n';
        if byte == 0 {
            return Err(self.cut(FaultKind::NulByte));
        }
        if !byte.is_ascii_whitespace() {
            self.watch.seen.set(true);
        }
        match self.format {
            Format::Json => self.check_json(byte),
            Format::Csv => self.check_csv(byte),
        }
    }

    fn check_json(&mut self, byte: u8) -> io::Result<()> {
        match (self.lacking, byte) {
            (0, 0x00..=0x7f) => {}
            (0, 0xc2..=0xdf) => self.lacking = 1,
            (0, 0xe0..=0xef) => self.lacking = 2,
            (0, 0xf0..=0xf4) => self.lacking = 3,
            (1.., 0x80..=0xbf) => self.lacking -= 1,
            _ => return Err(self.cut(FaultKind::Encoding)),
        }
        if self.watch.within_quotes() {
            self.length += 1;
            if self.length > self.limits.text {
                return Err(self.cut(FaultKind::TooLong));
            }
            if self.escaped {
                self.escaped = false;
            } else if byte == b'\\' {
                self.escaped = true;
            } else if byte == b'"' {
                self.watch.within_quotes.set(false);
                self.length = 0;
            }
            return Ok(());
        }
        match byte {
            b'"' => {
                self.watch.within_quotes.set(true);
                self.length = 0;
            }
            b'{' | b'[' => {
                self.depth += 1;
                if self.depth > self.limits.depth {
                    return Err(self.cut(FaultKind::TooDeep));
                }
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => self.length = 0,
            // A number or a word.
            _ => {
                self.length += 1;
                if self.length > self.limits.number {
                    return Err(self.cut(FaultKind::TooLong));
                }
            }
        }
        Ok(())
    }

    fn check_csv(&mut self, byte: u8) -> io::Result<()> {
        if byte == b'"' {
            let within = self.watch.within_quotes();
            self.watch.within_quotes.set(!within);
        }
        if byte == b'\n' && !self.watch.within_quotes() {
            self.length = 0;
        } else {
            self.length += 1;
            if self.length > self.limits.record {
                return Err(self.cut(FaultKind::TooLong));
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(slot) = out.first_mut() else {
            return Ok(0);
        };
        if let Some(kind) = self.watch.stop() {
            return Err(self.cut(kind));
        }
        if self.ready.is_empty() && self.fill()? == 0 {
            return Ok(0);
        }
        let Some(byte) = self.ready.next().and_then(|at| self.buffer.get(at).copied()) else {
            return Ok(0);
        };
        self.check(byte)?;
        *slot = byte;
        Ok(1)
    }
}
