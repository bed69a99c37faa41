//! Glyph masks: rasterised once per face, size and quarter of a pixel, then kept, per thread.

use std::collections::HashMap;

use swash::scale::{Render, ScaleContext, Source, image::Image};
use swash::zeno::{Angle, Transform, Vector};

use super::fonts::{Face, typeface};

/// Bytes of masks one thread keeps before it starts afresh. One sheet at ratio 3 needs under 1 MB.
const KEPT_BYTES: usize = 6 << 20;
/// Quarters of a pixel: finer places cannot be told apart.
pub(super) const STEPS: f32 = 4.0;

/// Which picture of which glyph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct GlyphKey {
    pub(super) face: Face,
    pub(super) id: u16,
    /// Size in 64ths of a device pixel.
    pub(super) size: u32,
    /// Quarters of a pixel to the right of, and above, a whole one: 0 to 3.
    pub(super) right: u8,
    pub(super) up: u8,
    /// Whether the glyph leans along the watermark.
    pub(super) leaning: bool,
}

/// Coverage of one glyph, 0 to 255, row by row.
pub(super) struct Mask {
    /// From the pen to the first column, and from the baseline up to the first row.
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: usize,
    pub(super) coverage: Box<[u8]>,
}

/// The glyph masks of one thread, bounded in size.
pub(super) struct GlyphCache {
    context: ScaleContext,
    masks: HashMap<GlyphKey, Mask>,
    bytes: usize,
    image: Image,
    lean: Transform,
}

impl GlyphCache {
    /// An empty cache; `lean` is the slope of the watermark in degrees.
    pub(super) fn new(lean: f32) -> Self {
        GlyphCache {
            context: ScaleContext::new(),
            masks: HashMap::new(),
            bytes: 0,
            image: Image::new(),
            lean: Transform::rotation(Angle::from_degrees(lean)),
        }
    }

    /// The mask of `key`, rasterised if it is met for the first time.
    pub(super) fn mask(&mut self, key: GlyphKey) -> &Mask {
        if self.bytes > KEPT_BYTES {
            self.masks.clear();
            self.bytes = 0;
        }
        let GlyphCache { context, masks, bytes, image, lean } = self;
        masks.entry(key).or_insert_with(|| {
            let mask = rasterise(context, image, key, *lean);
            *bytes += mask.coverage.len() + size_of::<(GlyphKey, Mask)>();
            mask
        })
    }
}

fn rasterise(context: &mut ScaleContext, image: &mut Image, key: GlyphKey, lean: Transform) -> Mask {
    let mut scaler =
        context.builder(typeface(key.face).outlines).size(key.size as f32 / 64.0).hint(false).build();
    image.clear();
    let drawn = Render::new(&[Source::Outline])
        .transform(key.leaning.then_some(lean))
        .offset(Vector::new(f32::from(key.right) / STEPS, f32::from(key.up) / STEPS))
        .render_into(&mut scaler, key.id, image);
    if !drawn {
        image.clear();
    }
    Mask {
        left: image.placement.left,
        top: image.placement.top,
        width: usize::try_from(image.placement.width).unwrap_or(0),
        coverage: image.data.as_slice().into(),
    }
}
