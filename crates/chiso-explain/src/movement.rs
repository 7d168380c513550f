//! How much of what moved between two editions, across all units, is real and how much is noise.

use chiso_index::{Edition, Panel, Scored, Text};

use crate::between_units::{self, Estimates, Variances};
use crate::change::editions;
use crate::comparability::{self, Comparability};
use crate::covariance::{Dependence, LeafErrors};
use crate::error::ExplainError;
use crate::gradient::slopes;
use crate::normal::critical_value;
use crate::pairing::{self, Pair};
use crate::points::Side;
use crate::rank_noise::{Measured, RankNoise, rank_noise};
use crate::uncertainty::{ErrorBasis, ErrorOptions, own_change};

/// Fewest units of which a variance is told apart.
const FEWEST_UNITS: usize = 3;
/// Fewest draws with ends of an interval.
const FEWEST_DRAWS: usize = 20;

/// How noise and movement are told apart.
#[derive(Clone, Copy)]
pub struct MovementOptions<'a> {
    /// The confidence, and how errors of leaves go together.
    pub errors: ErrorOptions<'a>,
    /// How often both editions are drawn.
    pub draws: usize,
    /// The seed of the draws.
    pub seed: u64,
}

impl Default for MovementOptions<'_> {
    /// 95 %, independent errors, 2,000 draws of the seed 1.
    fn default() -> Self {
        MovementOptions {
            errors: ErrorOptions::default(),
            draws: 2_000,
            seed: 1,
        }
    }
}

/// The changes of all units at one node, divided into noise and movement.
#[derive(Clone, Debug, PartialEq)]
pub struct Movement {
    /// The node's code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Steps from the root.
    pub depth: usize,
    /// The earlier edition.
    pub from: Edition,
    /// The later edition.
    pub to: Edition,
    /// Whether the node's scores are comparable.
    pub comparability: Comparability,
    /// The variance of the changes, in squared points of the node.
    pub variances: Variances,
    /// What noise alone does to the ranks.
    pub ranks: RankNoise,
    /// The changes, drawn in towards their mean.
    pub units: Vec<ShrunkenChange>,
    /// The codes of units with a change but without its standard error: they are left out.
    pub without_error: Vec<String>,
    /// What the errors rest on, over all units.
    pub basis: ErrorBasis,
}

/// A unit's change, drawn in towards the mean of all by as much as it is noise (empirical Bayes; C.
/// N. Morris, *Parametric Empirical Bayes Inference*, 1983).
#[derive(Clone, Debug, PartialEq)]
pub struct ShrunkenChange {
    /// The unit's code.
    pub unit: String,
    /// The change in points of the node.
    pub change: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// `μ + τ²/(τ² + se²)·(change − μ)`, with τ² by Paule and Mandel and μ weighted by
    /// `1/(τ² + se²)`.
    pub shrunken: f64,
    /// Its standard error `√(B·se² + (1 − B)²/Σw)`, with B = τ²/(τ² + se²); that τ² is estimated as
    /// well is left out.
    pub shrunken_standard_error: f64,
}

/// Noise and movement at one node.
///
/// # Errors
/// Editions that are not there or do not run forward, a node that both do not have at the same place,
/// fewer than three units with a change of known error, options out of bounds.
pub fn movement(
    panel: &Panel,
    from: Edition,
    to: Edition,
    node: &str,
    options: &MovementOptions<'_>,
) -> Result<Movement, ExplainError> {
    let field = Changes::new(panel, from, to, options)?;
    let place = field.place(node)?;
    field.movement(place)
}

/// The movement at each node, by its code, or why there is none.
pub type NodeMovements = Vec<(String, Result<Movement, ExplainError>)>;

/// Noise and movement at every node that both editions have at the same place, in the order of an
/// outline; a node at which it cannot be told has its own error.
///
/// # Errors
/// Editions that are not there or do not run forward, options out of bounds.
pub fn movements(
    panel: &Panel,
    from: Edition,
    to: Edition,
    options: &MovementOptions<'_>,
) -> Result<NodeMovements, ExplainError> {
    let field = Changes::new(panel, from, to, options)?;
    Ok(field
        .shared()
        .map(|place| (field.code(place).to_owned(), field.movement(place)))
        .collect())
}

/// The changes of all units between two editions.
struct Changes<'a> {
    first: &'a Scored,
    second: &'a Scored,
    pairs: Vec<Pair>,
    comparability: Vec<Comparability>,
    options: &'a MovementOptions<'a>,
    basis: ErrorBasis,
    /// By unit of both editions: its code, and by place of the outline what was measured.
    units: Vec<(String, Vec<Cell>)>,
}

/// One unit's change at one node.
#[derive(Clone, Copy)]
enum Cell {
    /// There is none.
    None,
    /// It has no standard error.
    NoError,
    /// It is known with its errors; the last is that of the change.
    Known(Measured, f64),
}

impl<'a> Changes<'a> {
    fn new(
        panel: &'a Panel,
        from: Edition,
        to: Edition,
        options: &'a MovementOptions<'a>,
    ) -> Result<Self, ExplainError> {
        critical_value(options.errors.confidence)?;
        if options.draws < FEWEST_DRAWS {
            return Err(ExplainError::Draws {
                found: options.draws,
            });
        }
        let (first, second) = editions(panel, from, to)?;
        let pairs = pairing::outline(&first.version, &second.version);
        let comparability = comparability::compare(
            &panel.pack,
            (&first.version, from),
            (&second.version, to),
            &pairs,
        );
        let both = first.units.iter().enumerate();
        let both = both.filter_map(|(a, code)| Some((code, a, second.unit(code)?)));
        let mut units = Vec::new();
        let mut taken: Option<[Dependence; 2]> = None;
        for (code, a, b) in both {
            let sides = (Side::new(first, a), Side::new(second, b));
            let (cells, of_unit) = cells(&sides.0, &sides.1, &pairs, options)?;
            units.push((code.to_string(), cells));
            taken = Some(taken.map_or(of_unit, |[within, between]| {
                [within.and(of_unit[0]), between.and(of_unit[1])]
            }));
        }
        let [within, between] = taken.unwrap_or([Dependence::Independent; 2]);
        Ok(Changes {
            first,
            second,
            pairs,
            comparability,
            options,
            basis: ErrorBasis {
                confidence: options.errors.confidence,
                within,
                between,
            },
            units,
        })
    }

    fn code(&self, place: usize) -> &str {
        comparability::code(
            &self.first.version,
            &self.second.version,
            &self.pairs[place],
        )
    }

    /// The places of nodes that both versions have.
    fn shared(&self) -> impl Iterator<Item = usize> + '_ {
        let is_shared =
            |&place: &usize| self.pairs[place].from.is_some() && self.pairs[place].to.is_some();
        (0..self.pairs.len()).filter(is_shared)
    }

    fn place(&self, node: &str) -> Result<usize, ExplainError> {
        self.shared()
            .find(|&place| self.code(place) == node)
            .ok_or_else(|| ExplainError::UnknownNode {
                node: node.to_owned(),
                from: self.first.edition,
                to: self.second.edition,
                known: self
                    .shared()
                    .map(|place| self.code(place).to_owned())
                    .collect(),
            })
    }

    fn movement(&self, place: usize) -> Result<Movement, ExplainError> {
        let (mut known, mut without_error) = (Vec::new(), Vec::new());
        for (code, cells) in &self.units {
            match cells[place] {
                Cell::Known(measured, error) => known.push((code, measured, error)),
                Cell::NoError => without_error.push(code.clone()),
                Cell::None => {}
            }
        }
        let (from, to) = (self.first.edition, self.second.edition);
        let few = ExplainError::TooFewUnits {
            node: self.code(place).to_owned(),
            from,
            to,
            units: known.len(),
        };
        if known.len() < FEWEST_UNITS {
            return Err(few);
        }
        let MovementOptions {
            errors,
            draws,
            seed,
        } = *self.options;
        let changes: Vec<f64> = known
            .iter()
            .map(|(_, m, _)| m.scores[1] - m.scores[0])
            .collect();
        let standard: Vec<f64> = known.iter().map(|(.., error)| *error).collect();
        let measured: Vec<Measured> = known.iter().map(|(_, measured, _)| *measured).collect();
        let variances = between_units::divide(&changes, &standard, errors.confidence);
        let ranks = rank_noise(&measured, errors.confidence, draws, seed);
        let (variances, ranks) = variances.zip(ranks).ok_or(few)?;
        let codes = known.iter().map(|(code, ..)| code.as_str());
        let pair = &self.pairs[place];
        let later = pair.to.unwrap_or(self.second.root());
        Ok(Movement {
            code: self.code(place).to_owned(),
            name: self.second.version.tree.node(later).name.clone(),
            depth: pair.depth,
            from,
            to,
            comparability: self.comparability[place].clone(),
            units: shrunken(codes, &changes, &standard, variances.real.paule_mandel),
            variances,
            ranks,
            without_error,
            basis: self.basis,
        })
    }
}

fn cells(
    from: &Side<'_>,
    to: &Side<'_>,
    pairs: &[Pair],
    options: &MovementOptions<'_>,
) -> Result<(Vec<Cell>, [Dependence; 2]), ExplainError> {
    let errors = LeafErrors::new(from, to, options.errors.covariance)?;
    let sides = [slopes(from.scored, from.unit), slopes(to.scored, to.unit)];
    let cell = |pair: &Pair| {
        let Some((x, y)) = from.score(pair.from).zip(to.score(pair.to)) else {
            return Ok(Cell::None);
        };
        let Some(weights) = own_change(&sides, pair) else {
            return Ok(Cell::NoError);
        };
        let of_side = |is_later: bool| {
            let own = weights.iter().filter(|weight| weight.0.0 == is_later);
            errors.of(&own.copied().collect::<Vec<_>>())
        };
        Ok(
            match (errors.of(&weights)?, of_side(false)?, of_side(true)?) {
                (Ok(change), Ok(a), Ok(b)) => Cell::Known(
                    Measured {
                        scores: [x, y],
                        errors: [a.value, b.value],
                    },
                    change.value,
                ),
                _ => Cell::NoError,
            },
        )
    };
    let cells = pairs.iter().map(cell).collect::<Result<_, _>>()?;
    Ok((cells, [errors.within, errors.between]))
}

fn shrunken<'a>(
    codes: impl Iterator<Item = &'a str>,
    changes: &[f64],
    errors: &[f64],
    real: f64,
) -> Vec<ShrunkenChange> {
    // An error of 0 without real variance means that all changes are equal: any weights do.
    let is_flat = real == 0.0 && errors.contains(&0.0);
    let flat = vec![1.0; errors.len()];
    let (estimates, variance) = match is_flat {
        true => (
            Estimates {
                estimates: changes,
                errors: &flat,
            },
            0.0,
        ),
        false => (
            Estimates {
                estimates: changes,
                errors,
            },
            real,
        ),
    };
    let (centre, all) = estimates.centre(variance);
    let of_centre = if is_flat { 0.0 } else { 1.0 / all };
    let of_unit = |(code, (change, error)): (&str, (&f64, &f64))| {
        let sampling = error * error;
        let share = if real + sampling > 0.0 {
            real / (real + sampling)
        } else {
            0.0
        };
        ShrunkenChange {
            unit: code.to_owned(),
            change: *change,
            standard_error: *error,
            shrunken: centre + share * (change - centre),
            shrunken_standard_error: (share * sampling + (1.0 - share).powi(2) * of_centre).sqrt(),
        }
    };
    codes.zip(changes.iter().zip(errors)).map(of_unit).collect()
}
