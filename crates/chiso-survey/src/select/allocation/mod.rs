//! How a sample is divided among strata.

mod divide;
mod error;

use std::collections::BTreeMap;

pub use error::AllocationError;

use divide::{Piece, divide};

/// A stratum to which a part of the sample goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stratum {
    /// Its identifier.
    pub id: String,
    /// The domain that it belongs to, where minima are asked for by domain.
    pub domain: Option<String>,
    /// How many units it has, `N_h`: no more can be drawn.
    pub units: usize,
    /// The standard deviation of what is measured, `S_h`, in its unit; for [`Rule::Neyman`] and
    /// [`Rule::Power`].
    pub deviation: Option<f64>,
    /// The mean of what is measured, `Ȳ_h`, in the same unit; for [`Rule::Power`].
    pub mean: Option<f64>,
    /// The measure of size or importance, `X_h`; for [`Rule::Power`]; `N_h` if none is given.
    pub size: Option<f64>,
}

/// What the sample is divided in proportion to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// The number of units `N_h`: equal weights (Cochran 1977, §5.3).
    Proportional,
    /// The same for all: equal precision for equally variable strata.
    Equal,
    /// `N_h S_h`: the smallest variance of the overall mean (Neyman 1934; Cochran 1977, §5.5).
    Neyman,
    /// `X_h^q C_h` with the coefficient of variation `C_h = S_h / |Ȳ_h|`: between Neyman's for the whole
    /// (q = 1, X the total) and equal precision in every stratum (q = 0). Source: Bankier 1988, *The
    /// American Statistician* 42:174–177.
    Power {
        /// The power `q`, 0 to 1.
        exponent: f64,
    },
}

/// The smallest parts of the sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Minimum {
    /// For every stratum; a stratum with fewer units is taken whole.
    pub every_stratum: usize,
    /// For single strata, in place of the general one.
    pub by_stratum: BTreeMap<String, usize>,
    /// For every domain; a domain with fewer units is taken whole.
    pub every_domain: usize,
    /// For single domains, in place of the general one.
    pub by_domain: BTreeMap<String, usize>,
}

/// A divided sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Allocation {
    /// One a stratum, in the order given; `take` adds up to the sample exactly.
    pub shares: Vec<Share>,
}

/// A stratum's part of the sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The stratum.
    pub stratum: String,
    /// How many units are drawn from it.
    pub take: usize,
    /// The number before rounding, in the division that led to `take`.
    pub exact: f64,
    /// What the number follows from.
    pub bound: Bound,
}

/// What a stratum's number follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The rule.
    Rule,
    /// The minimum, above what the rule gives.
    Minimum,
    /// The stratum's size, below what the rule gives: it is taken whole.
    Whole,
}

/// Divides a sample of `take` units among strata.
///
/// With the rule's measures `a_h` the numbers are `min(N_h, max(m_h, c a_h))` with the one `c` that
/// makes them add up to the sample. Under Neyman's rule this is the optimum among all that respect
/// the bounds (Stenger, Gabler 2005, *Metrika* 61:137–156 for upper ones; both: the recursive Neyman
/// algorithm under box constraints of Wesołowski, Wieczorkowski, Wójciak, R package `stratallo`,
/// `rnabox`). They are rounded by largest remainders, equal remainders in
/// the order of identifiers. Where a domain then stays below its minimum it gets the minimum,
/// divided in the same way, and the others share the rest anew.
///
/// # Errors
///
/// No stratum, a stratum given twice; a missing, negative or non-finite measure; a minimum that is
/// above the stratum's or domain's units or names none; a sample below the minima or above the
/// number of units; measures that are all 0.
pub fn allocate(
    strata: &[Stratum],
    rule: Rule,
    take: usize,
    minimum: &Minimum,
) -> Result<Allocation, AllocationError> {
    let pieces = pieces(strata, rule, minimum)?;
    let domains = domains(strata, &pieces, minimum)?;
    check_totals(&pieces, &domains, take)?;
    let mut result: Vec<Option<Share>> = vec![None; strata.len()];
    let mut open: Vec<usize> = (0..strata.len()).collect();
    let mut left = take;
    loop {
        let chosen: Vec<&Piece> = open.iter().map(|&stratum| &pieces[stratum]).collect();
        let shares = divide(&chosen, left)?;
        let short = domains.iter().find(|domain| {
            let members = open.iter().zip(&shares);
            let members = members.filter(|(stratum, _)| domain.members.contains(stratum));
            let (count, got) = members.fold((0, 0), |(count, sum), (_, share)| {
                (count + 1, sum + share.take)
            });
            count > 0 && got < domain.minimum
        });
        let Some(domain) = short else {
            for (&stratum, share) in open.iter().zip(shares) {
                result[stratum] = Some(share);
            }
            break;
        };
        let members: Vec<&Piece> = domain
            .members
            .iter()
            .map(|&stratum| &pieces[stratum])
            .collect();
        for (&stratum, share) in domain.members.iter().zip(divide(&members, domain.minimum)?) {
            result[stratum] = Some(share);
        }
        open.retain(|stratum| !domain.members.contains(stratum));
        left -= domain.minimum;
    }
    Ok(Allocation {
        shares: result.into_iter().flatten().collect(),
    })
}

/// Strata that together have a minimum.
struct Domain {
    members: Vec<usize>,
    minimum: usize,
    id: String,
}

fn pieces(
    strata: &[Stratum],
    rule: Rule,
    minimum: &Minimum,
) -> Result<Vec<Piece>, AllocationError> {
    if strata.is_empty() {
        return Err(AllocationError::NoStrata);
    }
    let mut seen = BTreeMap::new();
    for stratum in strata {
        if seen.insert(stratum.id.as_str(), ()).is_some() {
            let stratum = stratum.id.clone();
            return Err(AllocationError::Repeated { stratum });
        }
    }
    if let Some(id) = minimum
        .by_stratum
        .keys()
        .find(|id| !seen.contains_key(id.as_str()))
    {
        return Err(AllocationError::UnknownStratum {
            stratum: id.clone(),
        });
    }
    let piece = |stratum: &Stratum| {
        let least = match minimum.by_stratum.get(&stratum.id) {
            Some(&least) if least > stratum.units => {
                return Err(AllocationError::MinimumAboveUnits {
                    place: format!("stratum {}", stratum.id),
                    minimum: least,
                    units: stratum.units,
                });
            }
            Some(&least) => least,
            None => minimum.every_stratum.min(stratum.units),
        };
        Ok(Piece {
            id: stratum.id.clone(),
            measure: measure(stratum, rule)?,
            least,
            most: stratum.units,
        })
    };
    strata.iter().map(piece).collect()
}

/// The rule's measure of a stratum, `a_h`.
fn measure(stratum: &Stratum, rule: Rule) -> Result<f64, AllocationError> {
    let units = stratum.units as f64;
    let known = |field: &'static str, value: Option<f64>, accept: fn(f64) -> bool| match value {
        Some(value) if value.is_finite() && accept(value) => Ok(value),
        found => Err(AllocationError::Measure {
            stratum: stratum.id.clone(),
            field,
            found: found.map_or("none".to_owned(), |value| value.to_string()),
        }),
    };
    let deviation = || {
        known("standard deviation", stratum.deviation, |value| {
            value >= 0.0
        })
    };
    match rule {
        Rule::Proportional => Ok(units),
        Rule::Equal => Ok(1.0),
        Rule::Neyman => Ok(units * deviation()?),
        Rule::Power { exponent } => {
            if !(0.0..=1.0).contains(&exponent) {
                return Err(AllocationError::Exponent { exponent });
            }
            let mean = known("mean", stratum.mean, |value| value != 0.0)?;
            let size = known("size", stratum.size.or(Some(units)), |value| value >= 0.0)?;
            Ok(size.powf(exponent) * deviation()? / mean.abs())
        }
    }
}

fn domains(
    strata: &[Stratum],
    pieces: &[Piece],
    minimum: &Minimum,
) -> Result<Vec<Domain>, AllocationError> {
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, stratum) in strata.iter().enumerate() {
        if let Some(domain) = &stratum.domain {
            members.entry(domain).or_default().push(index);
        }
    }
    if let Some(id) = minimum
        .by_domain
        .keys()
        .find(|id| !members.contains_key(id.as_str()))
    {
        return Err(AllocationError::UnknownDomain { domain: id.clone() });
    }
    let build = |(id, members): (&str, Vec<usize>)| {
        let units: usize = members.iter().map(|&stratum| pieces[stratum].most).sum();
        let floor: usize = members.iter().map(|&stratum| pieces[stratum].least).sum();
        let asked = match minimum.by_domain.get(id) {
            Some(&asked) if asked > units => {
                return Err(AllocationError::MinimumAboveUnits {
                    place: format!("domain {id}"),
                    minimum: asked,
                    units,
                });
            }
            Some(&asked) => asked,
            None => minimum.every_domain.min(units),
        };
        Ok(Domain {
            members,
            minimum: asked.max(floor),
            id: id.to_owned(),
        })
    };
    members.into_iter().map(build).collect()
}

/// Checks that the sample lies between the minima and the number of units.
fn check_totals(pieces: &[Piece], domains: &[Domain], take: usize) -> Result<(), AllocationError> {
    let units: usize = pieces.iter().map(|piece| piece.most).sum();
    if take > units {
        return Err(AllocationError::AboveUnits { take, units });
    }
    let mut parts: Vec<(usize, String)> = Vec::new();
    let grouped = |stratum: &usize| {
        domains
            .iter()
            .any(|domain| domain.members.contains(stratum))
    };
    for (index, piece) in pieces.iter().enumerate() {
        if !grouped(&index) {
            parts.push((piece.least, format!("stratum {}", piece.id)));
        }
    }
    for domain in domains {
        parts.push((domain.minimum, format!("domain {}", domain.id)));
    }
    let needed: usize = parts.iter().map(|(least, _)| least).sum();
    match parts.into_iter().max_by_key(|(least, _)| *least) {
        Some((most, place)) if needed > take => Err(AllocationError::BelowMinima {
            take,
            needed,
            place,
            most,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
