//! Choosing the units of one draw.

use super::draw::{Drawing, Place};
use super::nodes::Node;
use super::{Method, Order, SelectError, Shortage, Stage, Stream, pps, simple_random, systematic};

/// One unit that a draw chose.
pub(super) struct Choice {
    /// Its place among the units below.
    pub unit: usize,
    pub probability: f64,
    /// Its order among the replacements, from 1, if it is one.
    pub replacement: Option<usize>,
}

impl Drawing<'_> {
    pub(super) fn choose_nodes(
        &self,
        place: &Place,
        stage: &Stage,
        level: usize,
        nodes: &[Node],
    ) -> Result<Vec<Choice>, SelectError> {
        let flagged = |unit: &usize| stage.flagged_first && nodes[*unit].certain;
        let (certain, mut free): (Vec<usize>, Vec<usize>) = (0..nodes.len()).partition(flagged);
        let mut sizes = vec![0.0; nodes.len()];
        if stage.method.uses_sizes() || stage.order == Order::Size {
            for &unit in &free {
                sizes[unit] = self.size(level, &nodes[unit])?;
            }
        }
        if stage.method.uses_sizes() {
            free.retain(|&unit| sizes[unit] > 0.0);
        }
        let take = self.take(place, stage, certain.len(), free.len())?;
        let mut stream = self.stream(place, stage);
        arrange(&mut free, stage.order, nodes, &sizes, &mut stream);
        let drawn = select(
            stage.method,
            &free,
            &sizes,
            take - certain.len(),
            &mut stream,
        );
        let drawn = drawn.map_err(|source| SelectError::Within {
            within: place.name(),
            level: stage.level.clone(),
            source: Box::new(source),
        })?;
        let flagged = certain.iter().map(|&unit| selected(unit, 1.0));
        let mut choices: Vec<Choice> = flagged.chain(drawn).collect();
        let replacements = self.replacements(place, stage, &free, &choices, &mut stream);
        choices.sort_by_key(|choice| choice.unit);
        choices.extend(replacements);
        Ok(choices)
    }

    pub(super) fn choose_places(
        &self,
        place: &Place,
        stage: &Stage,
        length: usize,
    ) -> Result<Vec<Choice>, SelectError> {
        let take = self.take(place, stage, 0, length)?;
        let mut stream = self.stream(place, stage);
        let all: Vec<usize> = (0..length).collect();
        let mut choices = select(stage.method, &all, &[], take, &mut stream)?;
        let replacements = self.replacements(place, stage, &all, &choices, &mut stream);
        choices.sort_by_key(|choice| choice.unit);
        choices.extend(replacements);
        Ok(choices)
    }

    /// How many units are drawn in all, of which `certain` are flagged and the others out of `free`.
    fn take(
        &self,
        place: &Place,
        stage: &Stage,
        certain: usize,
        free: usize,
    ) -> Result<usize, SelectError> {
        let take = stage.take.of(&place.domain);
        let (within, level) = (place.name(), stage.level.clone());
        if certain > take {
            return Err(SelectError::TooManyCertain {
                within,
                level,
                take,
                certain,
            });
        }
        let units = certain + free;
        match stage.shortage {
            Shortage::Fail if take > units => Err(SelectError::Shortage {
                within,
                level,
                take,
                units,
            }),
            _ => Ok(take.min(units)),
        }
    }

    /// Replacements: a simple random sample of the units that were not drawn, in random order.
    fn replacements(
        &self,
        place: &Place,
        stage: &Stage,
        free: &[usize],
        choices: &[Choice],
        stream: &mut Stream,
    ) -> Vec<Choice> {
        let count = stage.replacements.of(&place.domain);
        if count == 0 {
            return Vec::new();
        }
        let mut drawn: Vec<usize> = choices.iter().map(|choice| choice.unit).collect();
        drawn.sort_unstable();
        let open = free
            .iter()
            .filter(|unit| drawn.binary_search(unit).is_err());
        let open: Vec<usize> = open.copied().collect();
        let random = choices.iter().find(|choice| choice.probability < 1.0);
        let probability = random.map_or(1.0, |choice| choice.probability);
        let order = stream.choose(open.len(), count).into_iter().enumerate();
        let replace = |(order, index): (usize, usize)| Choice {
            unit: open[index],
            probability,
            replacement: Some(order + 1),
        };
        order.map(replace).collect()
    }

    fn size(&self, level: usize, node: &Node) -> Result<f64, SelectError> {
        node.size.ok_or_else(|| {
            let lowest = self.frame.levels().len() - 1;
            let row = self.frame.unsized_row(node).map(|row| row.path.join("/"));
            SelectError::MissingSize {
                level: self.frame.levels()[lowest].clone(),
                unit: row.unwrap_or_else(|| self.frame.path(level, node).join("/")),
                needed_for: "units are drawn or ordered by size",
            }
        })
    }

    fn stream(&self, place: &Place, stage: &Stage) -> Stream {
        let level = std::iter::once(stage.level.as_str());
        let parts: Vec<&str> = place.path.iter().map(String::as_str).chain(level).collect();
        Stream::new(self.seed, &parts)
    }
}

fn selected(unit: usize, probability: f64) -> Choice {
    Choice {
        unit,
        probability,
        replacement: None,
    }
}

/// Brings the units into the order in which a systematic method walks them.
fn arrange(free: &mut [usize], order: Order, nodes: &[Node], sizes: &[f64], stream: &mut Stream) {
    match order {
        Order::Identifier => {}
        Order::Size => free.sort_by(|&first, &second| sizes[first].total_cmp(&sizes[second])),
        Order::Given => free.sort_by_key(|&unit| nodes[unit].first_row),
        Order::Random => {
            let shuffled = stream.choose(free.len(), free.len());
            let before = free.to_vec();
            for (place, index) in shuffled.into_iter().enumerate() {
                free[place] = before[index];
            }
        }
    }
}

/// Draws `take` of the units and says with which probability each was drawn.
fn select(
    method: Method,
    free: &[usize],
    sizes: &[f64],
    take: usize,
    stream: &mut Stream,
) -> Result<Vec<Choice>, SelectError> {
    let equal = take as f64 / free.len().max(1) as f64;
    let (drawn, probabilities) = match method {
        Method::SimpleRandom => (simple_random(free.len(), take, stream)?, None),
        Method::Systematic => (systematic(free.len(), take, stream)?, None),
        _ => {
            let sizes: Vec<f64> = free.iter().map(|&unit| sizes[unit]).collect();
            let probabilities = pps::inclusion(&sizes, take)?.probabilities;
            let draw = match method {
                Method::PpsSampford => pps::sampford,
                Method::PpsBrewer => pps::brewer,
                _ => pps::systematic,
            };
            (draw(&probabilities, stream)?, Some(probabilities))
        }
    };
    let probability = |place: usize| probabilities.as_ref().map_or(equal, |all| all[place]);
    let chosen = drawn.into_iter();
    Ok(chosen
        .map(|place| selected(free[place], probability(place)))
        .collect())
}
