//! Hadamard matrices of the orders, and in the arrangement, that R's `survey::hadamard` gives.

/// A Hadamard matrix `H` of entries ±1 with `H Hᵀ = order · I`, whose first row is all +1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HadamardMatrix {
    order: usize,
    positive: Vec<bool>,
}

impl HadamardMatrix {
    fn from_fn(order: usize, positive: impl Fn(usize, usize) -> bool) -> Self {
        let entries = (0..order).flat_map(|row| (0..order).map(move |column| (row, column)));
        let positive = entries.map(|(row, column)| positive(row, column)).collect();
        Self { order, positive }
    }

    /// The number of rows, and of columns.
    pub fn order(&self) -> usize {
        self.order
    }

    /// Whether the entry is +1 (R's 1) rather than −1 (R's 0). Both indices are below the order.
    pub fn is_positive(&self, row: usize, column: usize) -> bool {
        self.positive[row * self.order + column]
    }

    /// Sylvester's doubling `[H H; H −H]`.
    fn doubled(&self) -> Self {
        let half = self.order;
        Self::from_fn(2 * half, |row, column| {
            self.is_positive(row % half, column % half) != (row >= half && column >= half)
        })
    }
}

/// The Hadamard matrix that R's `hadamard(strata)` gives: of order above `strata`, so that every
/// stratum has a row of its own beside the first.
///
/// Orders 4, 16, 28 and 36 are at hand; when the next multiple of 4 is none of them, the best
/// doubling of one of them is compared with Paley's first construction (R `surveyrep.R`,
/// `paley.R`). The order is therefore not always the smallest that exists.
pub fn hadamard(strata: usize) -> HadamardMatrix {
    let next_multiple = strata - strata % 4 + 4;
    if let Some(matrix) = at_hand(next_multiple) {
        return matrix;
    }
    let doublings_of = |base: usize| (0u32..).find(|&k| base << k > strata).unwrap_or(0);
    let mut best = (4usize, doublings_of(4));
    for base in [16, 28, 36] {
        if base << doublings_of(base) < best.0 << best.1 {
            best = (base, doublings_of(base));
        }
    }
    let order = best.0 << best.1;
    let paley = if order > strata + 4 {
        paley_for(strata, order)
    } else {
        None
    };
    paley.unwrap_or_else(|| {
        let base = at_hand(best.0).unwrap_or_else(sylvester_4);
        (0..best.1).fold(base, |matrix, _| matrix.doubled())
    })
}

fn sylvester_4() -> HadamardMatrix {
    HadamardMatrix {
        order: 1,
        positive: vec![true],
    }
    .doubled()
    .doubled()
}

fn at_hand(order: usize) -> Option<HadamardMatrix> {
    match order {
        4 => Some(sylvester_4()),
        16 => Some(sylvester_4().doubled().doubled()),
        28 => Some(HadamardMatrix::from_fn(28, |row, column| {
            ORDER_28[row] >> (27 - column) & 1 == 1
        })),
        36 => Some(twin_prime_36()),
        _ => None,
    }
}

/// The matrix of order 28 that R carries, a row a number, its leftmost entry the highest bit
/// (`hadamard_n27.csv` of the reference).
const ORDER_28: [u32; 28] = [
    0xfffffff, 0x9c71c78, 0x83cd378, 0x83b2e66, 0x9a0f8d6, 0x952c5ae, 0x8cd239e, 0x58aa7f0,
    0x45b59d4, 0x46cbcac, 0x561774a, 0x4b64e9a, 0x5959b26, 0x2d1eae8, 0x3666b34, 0x2b3b51c,
    0x31d74b2, 0x32f89ca, 0x2ced646, 0xea545e4, 0xf1632cc, 0xf09ce1c, 0xe54ad52, 0xe6392b2,
    0xe8a792a, 0xdffe000, 0xbf81f80, 0x7f8007e,
];

/// Order 36 of the twin primes 5 and 7 (Stanton and Sprott 1958): the core's entry at `i + j` is
/// the negated product of the quadratic characters of `2(i + j)`.
fn twin_prime_36() -> HadamardMatrix {
    HadamardMatrix::from_fn(36, |row, column| {
        if row == 0 || column == 35 {
            return row == 0;
        }
        let element = 2 * (row - 1 + column) % 35;
        let residue = |prime: usize| is_square(element, prime);
        match (element % 5 == 0, element % 7 == 0) {
            (_, true) => false,
            (true, false) => true,
            (false, false) => residue(5) != residue(7),
        }
    })
}

fn is_square(element: usize, prime: usize) -> bool {
    (1..prime).any(|root| root * root % prime == element % prime)
}

/// R's choice among Paley matrices: half-orders that double up exactly first, then the smallest
/// prime that is large enough, unless the next order but one is nearer.
fn paley_for(strata: usize, largest: usize) -> Option<HadamardMatrix> {
    let ceiling = strata - strata % 4 + 4;
    if strata % 4 + 4 == strata % 8 {
        let odd_part = ceiling >> ceiling.trailing_zeros().saturating_sub(2);
        if is_paley_prime(odd_part - 1) {
            let doublings = (ceiling / odd_part).trailing_zeros();
            let base = paley(odd_part - 1);
            return Some((0..doublings).fold(base, |matrix, _| matrix.doubled()));
        }
    }
    let prime = (strata.max(3)..=LARGEST_PALEY_PRIME).find(|&p| is_paley_prime(p))?;
    if prime + 1 > ceiling + 4 && ceiling + 4 < largest {
        return paley_for(ceiling + 3, 2 * (ceiling + 3));
    }
    (prime <= largest).then(|| paley(prime))
}

/// R's table of primes ends here.
const LARGEST_PALEY_PRIME: usize = 7919;

fn is_paley_prime(number: usize) -> bool {
    let divides = |divisor: usize| number.is_multiple_of(divisor);
    number % 4 == 3
        && number <= LARGEST_PALEY_PRIME
        && !(2..).take_while(|d| d * d <= number).any(divides)
}

/// Paley's first construction for a prime `p ≡ 3 (mod 4)`, order `p + 1`: a border of +1 and −1
/// where `i + j` is a square modulo `p` (0 among them).
fn paley(prime: usize) -> HadamardMatrix {
    let mut square = vec![false; prime];
    (0..prime).for_each(|root| square[root * root % prime] = true);
    HadamardMatrix::from_fn(prime + 1, |row, column| {
        row == 0 || column == 0 || !square[(row + column - 2) % prime]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_hadamard(matrix: &HadamardMatrix) -> bool {
        let order = matrix.order();
        (0..order).all(|a| {
            (a + 1..order).all(|b| {
                let agree =
                    (0..order).filter(|&c| matrix.is_positive(a, c) == matrix.is_positive(b, c));
                agree.count() * 2 == order
            })
        })
    }

    #[test]
    fn rows_are_orthogonal_and_the_first_is_constant_for_all_counts_of_strata() {
        for strata in 1..=130 {
            let matrix = hadamard(strata);
            assert!(matrix.order() > strata, "{strata}");
            assert!(is_hadamard(&matrix), "{strata}");
            assert!(
                (0..matrix.order()).all(|c| matrix.is_positive(0, c)),
                "{strata}"
            );
        }
    }

    /// Orders printed by R survey 4.1.1, `ncol(hadamard(n))`.
    #[test]
    fn orders_are_those_that_r_chooses() {
        let expected = [
            (1, 4),
            (4, 8),
            (19, 20),
            (20, 24),
            (28, 32),
            (39, 40),
            (40, 44),
            (47, 48),
            (48, 56),
            (51, 56),
            (59, 60),
            (60, 64),
            (64, 68),
            (80, 84),
            (91, 96),
            (99, 104),
            (111, 112),
            (115, 120),
            (123, 128),
            (150, 152),
            (171, 176),
            (200, 212),
            (250, 252),
            (256, 264),
            (300, 308),
            (400, 420),
        ];
        for (strata, order) in expected {
            assert_eq!(hadamard(strata).order(), order, "{strata} strata");
        }
    }
}
