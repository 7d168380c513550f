//! How scores move with observations, where the recipe is linear in each unit's own values: then
//! standard errors are exact.

use super::runner::{Runner, column};
use super::stage::{Kernel, Rule};
use crate::method::aggregate::Method as Aggregate;
use crate::method::normalise::Method as Normalise;
use crate::pack::Direction;
use crate::recipe::WeightMethod;

impl Runner {
    /// Whether, on the present leaves, the recipe is linear in each unit's own values: no outliers
    /// treated, no norm taken from the data, no expression, no cell filled, no weight found from
    /// scores, no mean but the arithmetic.
    pub fn is_linear(&self) -> bool {
        let stages = self.plan().stages.iter().enumerate();
        stages
            .into_iter()
            .all(|(place, stage)| match &stage.kernel {
                Kernel::Denominate(_) | Kernel::Screen(_) => true,
                Kernel::Treat(_) | Kernel::Expression { .. } => false,
                Kernel::Impute { .. } => stage.nodes.iter().all(|&node| {
                    let cells = self.before(place, node).iter().zip(self.after(place, node));
                    cells.into_iter().all(|(a, b)| a.is_nan() == b.is_nan())
                }),
                Kernel::Normalise(norms) => norms
                    .iter()
                    .all(|norm| slope(&norm.method, norm.direction).is_some()),
                Kernel::Weight { weighing, .. } => weighing
                    .iter()
                    .all(|group| matches!(group.method, WeightMethod::Given | WeightMethod::Equal)),
                Kernel::Aggregate { rules, .. } => rules
                    .iter()
                    .all(|rule| matches!(rule.method, Aggregate::Sum | Aggregate::Mean)),
            })
    }

    /// By how much every node's scores move, by node and row, when the leaves move by `changes`
    /// (leaf after leaf, a number per row), under a recipe that [`Runner::is_linear`].
    ///
    /// Slopes: scale/d of a denominator; ±(high − low)/(max − min) of goalposts, 0 beyond them;
    /// factor (sum), factor·w/Σw over the parts with a score (mean). 0 where a cell has no value.
    pub fn linear_effects(&self, changes: &[f64]) -> Vec<Vec<f64>> {
        let rows = self.plan().frame().rows();
        let mut effects = vec![vec![0.0; rows]; self.plan().version().tree.len()];
        for (slot, leaf) in self.plan().leaves().iter().enumerate() {
            let cells = effects[leaf.0].iter_mut().zip(&changes[slot * rows..]);
            for ((effect, change), value) in cells.zip(&self.leaves()[slot * rows..]) {
                *effect = if value.is_nan() { 0.0 } else { *change };
            }
        }
        for (place, stage) in self.plan().stages.iter().enumerate() {
            match &stage.kernel {
                Kernel::Denominate(denominators) => {
                    for (node, by) in stage.nodes.iter().zip(denominators) {
                        for (effect, d) in effects[node.0].iter_mut().zip(by.values.iter()) {
                            *effect = if d.is_nan() {
                                0.0
                            } else {
                                *effect * by.scale / d
                            };
                        }
                    }
                }
                Kernel::Normalise(norms) => {
                    for (&node, norm) in stage.nodes.iter().zip(norms) {
                        let Some(slope) = slope(&norm.method, norm.direction) else {
                            continue;
                        };
                        let cells = effects[node.0].iter_mut().zip(self.before(place, node));
                        cells.for_each(|(effect, value)| *effect *= slope.at(*value));
                    }
                }
                Kernel::Aggregate { rules, weights } => {
                    for (edition, block) in self.plan().frame().editions().iter().enumerate() {
                        let weights = self.weights_of(*weights, edition);
                        for rule in rules {
                            for row in block.rows.clone() {
                                effects[rule.node.0][row] =
                                    self.node_effect(rule, row, weights, &effects);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        effects
    }

    fn node_effect(&self, rule: &Rule, row: usize, weights: &[f64], effects: &[Vec<f64>]) -> f64 {
        let rows = self.plan().frame().rows();
        let (mut effect, mut total) = (0.0, 0.0);
        for (part, &place) in rule.parts.iter().zip(&rule.places) {
            if column(&self.buffers, place, rows)[row].is_nan() || self.dropped[part.0] {
                continue;
            }
            let weight = if rule.method == Aggregate::Mean {
                weights[part.0]
            } else {
                1.0
            };
            total += weight;
            effect += weight * effects[part.0][row];
        }
        match rule.method {
            _ if total == 0.0 || self.column(rule.node)[row].is_nan() => 0.0,
            Aggregate::Mean => effect * rule.factor / total,
            _ => effect * rule.factor,
        }
    }
}

/// The slope of a scale: constant between its ends, nothing beyond them.
struct Slope {
    size: f64,
    held: Option<(f64, f64)>,
}

impl Slope {
    fn at(&self, value: f64) -> f64 {
        match self.held {
            Some((min, max)) if value < min || value > max => 0.0,
            _ => self.size,
        }
    }
}

/// The slope of a method whose norm does not come from the data.
fn slope(method: &Normalise, direction: Direction) -> Option<Slope> {
    let sign = match direction {
        Direction::Higher => 1.0,
        Direction::Lower => -1.0,
    };
    match *method {
        Normalise::None => Some(Slope {
            size: 1.0,
            held: None,
        }),
        Normalise::Goalposts {
            min,
            max,
            low,
            high,
            truncate,
        } => Some(Slope {
            size: sign * (high - low) / (max - min),
            held: truncate.then_some((min.min(max), min.max(max))),
        }),
        Normalise::Scaled { min, max, factor } => Some(Slope {
            size: sign * factor / (max - min),
            held: None,
        }),
        _ => None,
    }
}
