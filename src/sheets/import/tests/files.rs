use std::io::{self, Read};

use super::*;

fn only_kind(bytes: &[u8], format: Format) -> FaultKind {
    let (report, sink) = reading(bytes, format);
    assert_eq!(report.faults.total(), 1, "{}", report.faults);
    assert!(sink.verdict == Some(false));
    report.faults.listed()[0].kind
}

#[test]
fn a_file_that_is_no_document_has_its_own_answer() {
    let sound = document(&[varennes()]).to_string();
    let mut windows = sound.clone().into_bytes();
    let accent = sound.find('è').expect("an accent");
    windows.splice(accent..accent + 2, [0xe8]);
    let utf16: Vec<u8> = sound.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let nul = sound.replace("VARENNES", "VAREN\0NES");
    let deep = format!("{{\"version\":{}", "[".repeat(50));
    let long = sound.replace("VARENNES", &"V".repeat(10_000));
    for (bytes, kind) in [
        (&b""[..], FaultKind::EmptyFile),
        (b" \n\t", FaultKind::EmptyFile),
        (b"\xef\xbb\xbf", FaultKind::EmptyFile),
        (&sound.as_bytes()[..sound.len() / 2], FaultKind::Truncated),
        (&sound.as_bytes()[..sound.len() - 1], FaultKind::Truncated),
        (&windows, FaultKind::Encoding),
        (&utf16, FaultKind::Encoding),
        (nul.as_bytes(), FaultKind::NulByte),
        (deep.as_bytes(), FaultKind::TooDeep),
        (long.as_bytes(), FaultKind::TooLong),
        (b"{\"version\":1 \"committees\":[]}", FaultKind::Malformed),
        (b"{\"version\":1,\"committees\":[]} x", FaultKind::Malformed),
        (b"[]", FaultKind::WrongType),
        (b"{\"version\":1,\"committees\":{}}", FaultKind::WrongType),
        (b"{\"version\":1,\"committees\":[3]}", FaultKind::WrongType),
        (b"{\"version\":2,\"committees\":[]}", FaultKind::Version),
        (b"{\"committees\":[]}", FaultKind::Missing),
        (b"{\"version\":1,\"committees\":[],\"x\":{}}", FaultKind::UnknownField),
    ] {
        assert_eq!(only_kind(bytes, Format::Json), kind);
    }
}

#[test]
fn a_mark_and_windows_line_ends_are_accepted() {
    let pretty = serde_json::to_string_pretty(&document(&[varennes()])).expect("JSON");
    let bytes = format!("\u{feff}{}", pretty.replace('\n', "\r\n"));
    assert!(reading(bytes.as_bytes(), Format::Json).0.is_valid());
}

const HEAD: &str = "reference;held_on;starts_at;status;commune_insee;nur;last_name;first_name;\
    birth_date;title;dwelling_ref;base_rent;charges;income_SAL;income_AAH;child_1_age;child_2_age;\
    adults_count;wanted_types;address_number;address_street;priority_l441_1;living_area;effort_rate";
const ROW: &str = "Est 2026-47;26/11/2026;09:30;planned;99101;0990322004817G0991;VARENNES;Solène;\
    14/02/1988;2;0117-02-0043;398,20 €;96,4;1 180,00;148;8;5;1;T3|T4;14;rue des Tanneurs;oui;64,5;37,2";

fn csv() -> String {
    format!("{HEAD}\n{ROW}\n")
}

fn same_in_json() -> serde_json::Value {
    document(&[json!({
        "commune_insee": "99101", "nur": "0990322004817G0991", "last_name": "VARENNES",
        "first_name": "Solène", "birth_date": "1988-02-14", "title": 2,
        "dwelling_ref": "0117-02-0043", "base_rent": 398.2, "charges": 96.4,
        "monthly_income": {"SAL": 1180, "AAH": 148}, "children": [{"age": 8}, {"age": 5}],
        "adults_count": 1, "wanted_types": ["T3", "T4"],
        "address": {"number": 14, "street": "rue des Tanneurs"}, "priority_l441_1": true,
        "living_area": 64.5, "effort_rate": 37.2,
    })])
}

#[test]
fn csv_and_json_are_equal_in_every_writing() {
    let (report, json) = of(&same_in_json());
    assert!(report.is_valid(), "{}", report.faults);
    let windows = encoding_rs::WINDOWS_1252.encode(&csv().replace('€', "")).0.into_owned();
    let commas = csv()
        .replace("398,20", "398.20")
        .replace("96,4", "96.4")
        .replace("64,5", "64.5")
        .replace("37,2", "37.2")
        .replace("1 180,00", "1180")
        .replace(';', ",");
    for bytes in [
        csv().into_bytes(),
        format!("\u{feff}{}", csv()).into_bytes(),
        csv().replace('\n', "\r\n").into_bytes(),
        csv().trim_end().as_bytes().to_vec(),
        csv().replace("Solène", "\"Solène\"").into_bytes(),
        windows,
        commas.into_bytes(),
    ] {
        let (report, csv) = reading(&bytes, Format::Csv);
        assert!(report.is_valid(), "{}", report.faults);
        assert_eq!(csv.sheets, json.sheets);
        assert_eq!(csv.committees, json.committees);
    }
}

#[test]
fn a_table_that_cannot_be_read_has_its_own_answer() {
    let mixed = [
        csv().into_bytes(),
        ROW.replace("G0991", "G0992")
            .replace("Solène", "Sol\u{1}ne")
            .bytes()
            .map(|byte| if byte == 1 { 0xe8 } else { byte })
            .filter(|byte| *byte < 0x80 || *byte == 0xe8)
            .collect(),
    ]
    .concat();
    let utf16: Vec<u8> = csv().encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, kind) in [
        (&b""[..], FaultKind::EmptyFile),
        (b"\n\n", FaultKind::EmptyFile),
        (csv().replace("VARENNES", "VAREN\0NES").as_bytes(), FaultKind::NulByte),
        (&utf16, FaultKind::Encoding),
        (&mixed, FaultKind::Encoding),
        (&csv().as_bytes()[..csv().len() - 30], FaultKind::Truncated),
        (csv().replace("VARENNES", &"V".repeat(70_000)).as_bytes(), FaultKind::TooLong),
        (csv().replace("base_rent", "base_rnet").as_bytes(), FaultKind::UnknownField),
        (csv().replace("title", "iban").as_bytes(), FaultKind::Forbidden),
        (csv().replace("title", "charges").as_bytes(), FaultKind::DuplicateField),
        (format!("{}{};x\n{}", csv(), ROW, ROW.replace("G0991", "G0992")).as_bytes(), FaultKind::Malformed),
    ] {
        let kinds: Vec<FaultKind> =
            reading(bytes, Format::Csv).0.faults.listed().iter().map(|fault| fault.kind).collect();
        assert!(kinds.contains(&kind), "{kind:?}: {kinds:?}");
    }
}

#[test]
fn an_unclosed_quote_at_the_end_is_a_truncation() {
    let bytes = csv().replace("VARENNES", "\"VARENNES");
    let (report, _) = reading(bytes.as_bytes(), Format::Csv);
    assert!(report.faults.listed().iter().all(|fault| fault.kind == FaultKind::Truncated));
    assert!(!report.is_valid());
}

#[test]
fn rows_of_a_committee_follow_one_another() {
    let other = ROW.replace("Est 2026-47", "Sud 2026-12");
    let again = ROW.replace("G0991", "G0992");
    let (report, _) = reading(format!("{HEAD}\n{ROW}\n{other}\n{again}\n").as_bytes(), Format::Csv);
    assert_eq!(report.faults.listed()[0].kind, FaultKind::DuplicateCommittee);
    assert_eq!(report.faults.listed()[0].line, 4);
    let moved = again.replace("09:30", "10:30");
    let (report, _) = reading(format!("{HEAD}\n{ROW}\n{moved}\n").as_bytes(), Format::Csv);
    assert_eq!(report.faults.listed()[0].field, "committees[0].starts_at");
}

/// A file made as it is read: so many copies of a middle between a head and a tail.
struct Endless {
    head: Vec<u8>,
    middle: Vec<u8>,
    copies: usize,
    at: usize,
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.head.len() {
            if self.copies == 0 {
                return Ok(0);
            }
            self.copies -= 1;
            self.head.clone_from(&self.middle);
            self.at = 0;
        }
        let count = out.len().min(self.head.len() - self.at);
        out[..count].copy_from_slice(&self.head[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

fn endless(head: &str, middle: &[u8], copies: usize) -> Endless {
    Endless { head: head.as_bytes().to_vec(), middle: middle.to_vec(), copies, at: 0 }
}

/// Files of forty megabytes and more, made as they are read: texts, lines and objects stop at their
/// limit, blanks are not kept, the file stops at its own. The bounds are the proof: beside them the
/// reading holds one committee.
#[test]
fn a_huge_file_is_cut_or_passes_in_flat_memory() {
    let head = "{\"version\":1,\"committees\":[{\"reference\":\"R\",\"held_on\":\"2026-11-26\",\"sheets\":[";
    let megabyte = vec![b'x'; 1024 * 1024];
    let limits = Limits { bytes: 16 * 1024 * 1024, all_faults: 5_000, ..Limits::default() };
    let list: Vec<u8> = b"{\"a\":1},".repeat(8 * 1024);
    let items: Vec<u8> = b"1,".repeat(8 * 1024);
    for (source, format, kind) in [
        (endless("{\"", &megabyte, 60), Format::Json, FaultKind::TooLong),
        (endless("{\"version\":1", &[b'1'; 65_536], 60), Format::Json, FaultKind::TooLong),
        (endless("{", &[b' '; 65_536], 1_000), Format::Json, FaultKind::TooLarge),
        (endless(head, &list, 1_000), Format::Json, FaultKind::TooLarge),
        (endless(&format!("{head}["), &items, 4_000), Format::Json, FaultKind::TooLarge),
        (endless("a;b\n\"", &megabyte, 60), Format::Csv, FaultKind::TooLong),
        (endless(HEAD, &[b';'; 65_536], 1_000), Format::Csv, FaultKind::TooLong),
        (endless("a;b\n", b"1;2\n", 10_000_000), Format::Csv, FaultKind::TooLarge),
    ] {
        let mut sink = Kept::default();
        let report = read(source, format, limits, &World, &mut sink).expect("a sound sink");
        assert!(report.faults.summary().iter().any(|count| count.kind == kind), "{kind:?}");
        assert!(report.faults.listed().len() <= limits.faults);
        assert!(sink.sheets.is_empty());
    }
}

#[test]
fn a_failing_disk_is_told_and_not_confused_with_the_end() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk"))
        }
    }
    for format in [Format::Json, Format::Csv] {
        let mut sink = Kept::default();
        let report = read(Broken, format, Limits::default(), &World, &mut sink).expect("a sound sink");
        assert_eq!(report.faults.listed()[0].kind, FaultKind::Unreadable);
    }
}
