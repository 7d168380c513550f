//! The hybrid of run lengths and bit packing, eight values at a time in one machine word.
//!
//! Source: Parquet format, *Encodings*, "Run Length Encoding / Bit-Packing Hybrid".

/// One run of a hybrid stream.
pub(super) enum Run<'a> {
    /// The same value again and again.
    Repeated { value: u8, count: usize },
    /// Values of the stream's width, packed from the lowest bit on.
    Packed { bytes: &'a [u8], count: usize },
}

/// The runs of a stream of `values` values of `width` bits each, `width` at most 8.
pub(super) struct Runs<'a> {
    bytes: &'a [u8],
    width: usize,
    left: usize,
}

impl<'a> Runs<'a> {
    pub(super) fn new(bytes: &'a [u8], width: usize, values: usize) -> Self {
        Self {
            bytes,
            width,
            left: values,
        }
    }

    /// The next run; `Some(None)` after the last, none where the stream is damaged.
    pub(super) fn next(&mut self) -> Option<Option<Run<'a>>> {
        if self.left == 0 {
            return Some(None);
        }
        let head = self.varint()?;
        if head & 1 == 0 {
            let count = usize::try_from(head >> 1).ok()?.min(self.left);
            let value = if self.width == 0 { 0 } else { self.take(1)?[0] };
            self.left -= count;
            return Some(Some(Run::Repeated { value, count }));
        }
        let groups = usize::try_from(head >> 1).ok()?;
        let count = groups.checked_mul(8)?.min(self.left);
        // Some writers leave out the padding of the last group.
        let length = groups.checked_mul(self.width)?.min(self.bytes.len());
        let bytes = self.take(length)?;
        if bytes.len() * 8 < count * self.width {
            return None;
        }
        self.left -= count;
        Some(Some(Run::Packed { bytes, count }))
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

/// Room for the last eight values, which are written as one word.
pub(super) const SLACK: usize = 8;

/// Reads `count` values of `width` bits into the start of `out`, which has `count + SLACK` bytes;
/// what stands behind them is of no meaning. None where the stream is damaged.
pub(super) fn decode(width: usize, bytes: &[u8], count: usize, out: &mut [u8]) -> Option<()> {
    // One copy of the loop for each width: its shifts and masks are then constants.
    match width {
        0 => decode_width::<0>(bytes, count, out),
        1 => decode_width::<1>(bytes, count, out),
        2 => decode_width::<2>(bytes, count, out),
        3 => decode_width::<3>(bytes, count, out),
        4 => decode_width::<4>(bytes, count, out),
        5 => decode_width::<5>(bytes, count, out),
        6 => decode_width::<6>(bytes, count, out),
        7 => decode_width::<7>(bytes, count, out),
        8 => decode_width::<8>(bytes, count, out),
        _ => None,
    }
}

fn decode_width<const WIDTH: usize>(bytes: &[u8], count: usize, out: &mut [u8]) -> Option<()> {
    let mut done = 0;
    let mut runs = Runs::new(bytes, WIDTH, count);
    while let Some(run) = runs.next()? {
        match run {
            Run::Repeated { value, count } => {
                out.get_mut(done..done + count)?.fill(value);
                done += count;
            }
            Run::Packed { bytes, count } => {
                let target = out.get_mut(done..done + count.next_multiple_of(8))?;
                unpack::<WIDTH>(bytes, target);
                done += count;
            }
        }
    }
    Some(())
}

fn unpack<const WIDTH: usize>(bytes: &[u8], target: &mut [u8]) {
    if WIDTH == 0 {
        return target.fill(0);
    }
    let mut groups = bytes.chunks_exact(WIDTH);
    let mut target = target.chunks_exact_mut(8);
    for (group, eight) in groups.by_ref().zip(target.by_ref()) {
        let mut word = [0; 8];
        word[..WIDTH].copy_from_slice(group);
        eight.copy_from_slice(&spread::<WIDTH>(u64::from_le_bytes(word)).to_le_bytes());
    }
    // A last group without its padding.
    let rest = groups.remainder();
    if let Some(eight) = target.next() {
        let mut word = [0; 8];
        word[..rest.len()].copy_from_slice(rest);
        eight.copy_from_slice(&spread::<WIDTH>(u64::from_le_bytes(word)).to_le_bytes());
    }
}

/// Eight values of `WIDTH` bits, side by side, to one a byte: the word is split in halves, the
/// halves in quarters, the quarters in eighths.
fn spread<const WIDTH: usize>(packed: u64) -> u64 {
    let low = |bits: usize| u64::MAX >> (64 - bits);
    let halves = (packed & low(4 * WIDTH)) | ((packed >> (4 * WIDTH) & low(4 * WIDTH)) << 32);
    let pair = low(2 * WIDTH) * 0x0000_0001_0000_0001;
    let quarters = (halves & pair) | ((halves >> (2 * WIDTH) & pair) << 16);
    let one = low(WIDTH) * 0x0001_0001_0001_0001;
    (quarters & one) | ((quarters >> WIDTH & one) << 8)
}

/// Moves the next values to the rows whose bits are set in a mask of eight rows.
pub(super) struct Expansion {
    /// The bytes that move up by 4, 2 and 1 places (Warren, *Hacker's Delight* 2nd ed., 7-5).
    moves: [u64; 3],
    /// All bits of the bytes that hold a value.
    pub(super) present: u64,
}

/// The expansion of every mask of eight rows, the first row in the lowest bit.
pub(super) static EXPANSIONS: [Expansion; 256] = {
    let mut table = [const {
        Expansion {
            moves: [0; 3],
            present: 0,
        }
    }; 256];
    let mut mask = 0;
    while mask < 256 {
        table[mask] = expansion(mask as u8);
        mask += 1;
    }
    table
};

const fn expansion(mask: u8) -> Expansion {
    let mut moves = [0; 3];
    let mut left = mask;
    let mut gaps = !mask << 1;
    let mut step = 0;
    while step < 3 {
        let mut parity = gaps ^ (gaps << 1);
        parity ^= parity << 2;
        parity ^= parity << 4;
        let moving = parity & left;
        moves[2 - step] = lanes(moving);
        left = (left ^ moving) | (moving >> (1 << step));
        gaps &= !parity;
        step += 1;
    }
    Expansion {
        moves,
        present: lanes(mask),
    }
}

/// A byte of ones for each bit of the mask.
const fn lanes(mask: u8) -> u64 {
    let mut lanes = 0_u64;
    let mut bit = 0;
    while bit < 8 {
        if mask >> bit & 1 == 1 {
            lanes |= 0xFF << (8 * bit);
        }
        bit += 1;
    }
    lanes
}

impl Expansion {
    /// The next values, lowest byte first, at the rows of the mask; other rows are zero.
    pub(super) fn apply(&self, values: u64) -> u64 {
        let mut word = values;
        for (moving, shift) in self.moves.iter().zip([32, 16, 8]) {
            word = (word & !moving) | (word << shift & moving);
        }
        word & self.present
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mask_moves_values_to_its_rows() {
        for mask in 0..=255_u8 {
            let values = u64::from_le_bytes([1, 2, 3, 4, 5, 6, 7, 8]);
            let rows = EXPANSIONS[usize::from(mask)].apply(values).to_le_bytes();
            let mut next = 0;
            for (row, value) in rows.iter().enumerate() {
                let present = mask >> row & 1 == 1;
                next += u8::from(present);
                assert_eq!(
                    *value,
                    if present { next } else { 0 },
                    "mask {mask:08b}, row {row}"
                );
            }
        }
    }

    #[test]
    fn every_width_unpacks() {
        for width in 0..=8_usize {
            let values: Vec<u8> = (0..29_u32).map(|i| (i * 37 % (1 << width)) as u8).collect();
            // Four groups of eight, the last without its padding; then a run of five.
            let mut stream = vec![4 << 1 | 1];
            stream.resize(1 + (29 * width).div_ceil(8), 0);
            for (index, value) in values.iter().enumerate() {
                for bit in 0..width {
                    let place = index * width + bit;
                    stream[1 + place / 8] |= (value >> bit & 1) << (place % 8);
                }
            }
            let mut out = vec![9; 29 + SLACK];
            decode(width, &stream, 29, &mut out).unwrap();
            assert_eq!(out[..29], values, "width {width}");
        }
        let mut out = vec![9; 13 + SLACK];
        decode(3, &[5 << 1, 6, 1 << 1 | 1, 0x88, 0xC6, 0xFA], 13, &mut out).unwrap();
        assert_eq!(out[..13], [6, 6, 6, 6, 6, 0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn a_damaged_stream_is_none() {
        assert!(Runs::new(&[], 1, 1).next().is_none());
        assert!(Runs::new(&[0x03], 1, 8).next().is_none());
        assert!(Runs::new(&[0x02], 1, 1).next().is_none());
        assert!(Runs::new(&[0xFF; 9], 1, 1).next().is_none());
    }
}
