//! The latent position of a domain at which its population has the wanted mean score.

use super::effects::{Places, Spread};
use super::link::{FAR, expected, person_points, slope};
use super::{Node, SimulateError};

/// The scores that a domain is to have.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainTarget {
    /// The domain's identifiers, joined with `/`.
    pub domain: String,
    /// One score a node, in the order of the nodes.
    pub scores: Vec<f64>,
}

/// The population's mean score and its derivative with respect to the domain's position μ:
/// `intercept + Σ_v N_v Σ_k points_k Σ_q p_q σ(μ + shift_k + effect_v + s x_q) / Σ_v N_v`.
fn mean_score(
    places: &Places<'_>,
    node: &Node,
    column: usize,
    persons: f64,
    position: f64,
) -> (f64, f64) {
    let points = person_points().map(|(x, probability)| (persons * x, probability));
    let (mut sum, mut derivative, mut population) = (0.0, 0.0, 0.0);
    for (row, effects) in places.rows.iter().zip(&places.effects) {
        let size = row.size.unwrap_or(0.0);
        let here = position + effects[column];
        population += size;
        for item in &node.items {
            for (person, probability) in points {
                let latent = here + item.shift + person;
                sum += size * item.points * probability * expected(latent);
                derivative += size * item.points * probability * slope(latent);
            }
        }
    }
    (node.intercept + sum / population, derivative / population)
}

/// Solves `mean score (μ) = target` by Newton's method inside a bracket that bisection keeps.
///
/// # Errors
///
/// A target below the score of the worst answers or above that of the best ones.
pub(super) fn position(
    places: &Places<'_>,
    node: &Node,
    column: usize,
    spread: &Spread,
    (domain, target): (&str, f64),
) -> Result<f64, SimulateError> {
    /// A score is met when it is closer than this share of the node's points.
    const TOLERANCE: f64 = 1e-13;
    let (lowest, highest) = (node.intercept, node.highest());
    if !(lowest..=highest).contains(&target) {
        return Err(SimulateError::Unreachable {
            domain: domain.to_owned(),
            node: node.code.clone(),
            found: target,
            lowest,
            highest,
        });
    }
    if target == lowest || target == highest {
        return Ok(if target == lowest {
            -2.0 * FAR
        } else {
            2.0 * FAR
        });
    }
    if places.rows.iter().all(|row| row.size.unwrap_or(0.0) == 0.0) {
        return Err(SimulateError::Setting {
            what: format!("sizes of the places of {domain}"),
            found: "none above 0".to_owned(),
            expected: "a size, by which their scores are averaged",
        });
    }
    let (mut low, mut high, mut here) = (-FAR, FAR, start((target - lowest) / node.points()));
    for _ in 0..200 {
        let (score, derivative) = mean_score(places, node, column, spread.persons, here);
        let miss = score - target;
        if miss.abs() <= TOLERANCE * node.points() {
            break;
        }
        if miss > 0.0 {
            high = here
        } else {
            low = here
        }
        let step = here - miss / derivative;
        here = if step > low && step < high {
            step
        } else {
            0.5 * (low + high)
        };
        if high - low <= 1e-15 * high.abs().max(low.abs()) {
            break;
        }
    }
    Ok(here)
}

/// The position at which σ gives a share: `(2p − 1) / (2 √(p (1 − p)))`.
fn start(share: f64) -> f64 {
    (2.0 * share - 1.0) / (2.0 * (share * (1.0 - share)).sqrt())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::frame::tests::shape;
    use super::super::{AnswerKind, Item, synthetic_frame};
    use super::*;

    fn node() -> Node {
        let item = |column: &str, points, shift| Item {
            column: column.to_owned(),
            kind: AnswerKind::YesNo,
            higher_is_better: true,
            points,
            shift,
            dont_know: 0.0,
            refused: 0.0,
        };
        Node {
            code: "n".to_owned(),
            intercept: 0.25,
            items: vec![item("x", 1.5, -0.6), item("y", 0.75, 0.9)],
            filter: None,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn the_population_has_the_target_as_its_mean(
            share in prop_oneof![0.0..1.0, 0.0..1e-6, 1.0 - 1e-6..1.0],
            spreads in proptest::array::uniform4(0.0..2.0_f64),
            seed: u64,
        ) {
            let frame = synthetic_frame(&shape(1), seed).unwrap();
            let [places, persons] = [&spreads[..3], &spreads[3..]];
            let spread = Spread { places: places.to_vec(), persons: persons[0], shared: 0.4 };
            let places = Places::new(frame.rows().iter().collect(), 1, 1, &spread, seed);
            let target = 0.25 + 2.25 * share;
            let found = position(&places, &node(), 0, &spread, ("01", target)).unwrap();
            let (score, _) = mean_score(&places, &node(), 0, spread.persons, found);
            prop_assert!((score - target).abs() < 1e-11, "{} for {}", score, target);
        }
    }

    #[test]
    fn a_domain_without_people_is_refused() {
        let mut rows = synthetic_frame(&shape(1), 1).unwrap().rows().to_vec();
        rows.iter_mut().for_each(|row| row.size = Some(0.0));
        let spread = Spread {
            places: vec![0.0; 3],
            persons: 0.0,
            shared: 0.0,
        };
        let places = Places::new(rows.iter().collect(), 1, 1, &spread, 1);
        let error = position(&places, &node(), 0, &spread, ("01", 1.0)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "sizes of the places of 01: found none above 0; expected a size, by which their scores are averaged"
        );
    }
}
