//! A synthetic population of persons in villages, communes, districts and provinces.

use std::collections::HashMap;

use anyhow::{Context, Result};
use chiso_survey::distribution::normal_quantile;
use chiso_survey::select::{Frame, FrameRow, Stream};

/// How many provinces there are.
pub const PROVINCES: usize = 24;
/// In the first of them, the large ones, six districts are drawn, in the others three.
pub const LARGE: usize = 4;

/// Standard deviations of the effects of a province, district, commune and village on a person's
/// latent values, whose own deviation within the village is 1. The intraclass correlation within
/// villages of a province is (0.01 + 0.02 + 0.04) / 1.07 = 0.065.
const EFFECTS: [f64; 4] = [0.3, 0.1, 0.141_421_356, 0.2];
/// How much higher persons in a seat of government are, in the same unit, once for every level.
const SEAT: f64 = 0.05;

/// What is known of one person.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// A continuous value, skewed to the right.
    pub value: f32,
    /// A second one that goes along with it, the denominator of the ratio.
    pub other: f32,
    /// Whether the person has an attribute that about a fifth have.
    pub has: bool,
}

/// All persons, province by province and village by village.
pub struct Population {
    persons: Vec<Person>,
    /// For every province the place of its first person; one more at the end.
    provinces: Vec<usize>,
    /// The place of the first person of every village, by province, district, commune and village.
    villages: HashMap<[u16; 4], usize>,
    rows: Vec<FrameRow>,
}

/// What the samples are to estimate.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    /// The mean of the value.
    pub mean: f64,
    /// The share of persons who have the attribute.
    pub proportion: f64,
    /// The sum of the value.
    pub total: f64,
    /// The sum of the value over that of the other one.
    pub ratio: f64,
    /// The median of the value: the smallest that half the persons do not exceed.
    pub median: f64,
}

impl Population {
    /// Makes the population of a seed.
    ///
    /// # Errors
    ///
    /// If a normal quantile cannot be computed, which would be an error of the library.
    pub fn new(seed: u64) -> Result<Self> {
        let mut population = Population {
            persons: Vec::new(),
            provinces: vec![0],
            villages: HashMap::new(),
            rows: Vec::new(),
        };
        for province in 0..PROVINCES {
            population.add_province(seed, province)?;
        }
        Ok(population)
    }

    fn add_province(&mut self, seed: u64, province: usize) -> Result<()> {
        let mut stream = Stream::new(seed, &["province", &province.to_string()]);
        let districts = if province < LARGE { 14 } else { 8 };
        let mut effects = [[0.0; 2]; 4];
        effects[0] = pair(&mut stream, EFFECTS[0])?;
        for district in 0..districts {
            effects[1] = pair(&mut stream, EFFECTS[1])?;
            for commune in 0..4 + stream.below(5) {
                effects[2] = pair(&mut stream, EFFECTS[2])?;
                for village in 0..3 + stream.below(4) {
                    effects[3] = pair(&mut stream, EFFECTS[3])?;
                    let place = [province, district, commune, village].map(|unit| unit as u16);
                    self.add_village(&mut stream, place, &effects)?;
                }
            }
        }
        self.provinces.push(self.persons.len());
        Ok(())
    }

    /// Adds a village of 60 to 360 persons, with more small ones than large ones.
    fn add_village(
        &mut self,
        stream: &mut Stream,
        place: [u16; 4],
        effects: &[[f64; 2]; 4],
    ) -> Result<()> {
        let seats = place[1..].iter().filter(|&&unit| unit == 0).count();
        let shift = |which: usize| {
            effects.iter().map(|effect| effect[which]).sum::<f64>() + SEAT * seats as f64
        };
        let shifts = [shift(0), shift(1)];
        let size = 60 + (300.0 * stream.uniform().powi(2)) as usize;
        self.villages.insert(place, self.persons.len());
        for _ in 0..size {
            self.persons.push(person(stream, shifts)?);
        }
        self.rows.push(FrameRow {
            path: place
                .iter()
                .map(|unit| format!("{:02}", unit + 1))
                .collect(),
            size: Some(size as f64),
            certain: place
                .iter()
                .enumerate()
                .map(|(level, &unit)| level > 0 && unit == 0)
                .collect(),
        });
        Ok(())
    }

    /// The frame of provinces alone, with their numbers of persons.
    ///
    /// # Errors
    ///
    /// As [`Frame::new`].
    pub fn provinces(&self) -> Result<Frame> {
        let row = |province: usize| FrameRow {
            path: vec![format!("{:02}", province + 1)],
            size: Some(self.size_of(province) as f64),
            certain: Vec::new(),
        };
        let rows = (0..PROVINCES).map(row).collect();
        Ok(Frame::new(vec!["province".to_owned()], rows)?)
    }

    /// The frame of provinces and villages.
    ///
    /// # Errors
    ///
    /// As [`Frame::new`].
    pub fn provinces_and_villages(&self) -> Result<Frame> {
        let row = |row: &FrameRow| FrameRow {
            path: vec![row.path[0].clone(), row.path[1..].join("-")],
            size: row.size,
            certain: Vec::new(),
        };
        let levels = ["province", "village"].map(str::to_owned).to_vec();
        Ok(Frame::new(levels, self.rows.iter().map(row).collect())?)
    }

    /// The frame of all four levels, with the first unit of each as the seat.
    ///
    /// # Errors
    ///
    /// As [`Frame::new`].
    pub fn four_levels(&self) -> Result<Frame> {
        let levels = ["province", "district", "commune", "village"].map(str::to_owned);
        Ok(Frame::new(levels.to_vec(), self.rows.clone())?)
    }

    /// The number of persons in a province.
    pub fn size_of(&self, province: usize) -> usize {
        self.provinces[province + 1] - self.provinces[province]
    }

    /// The province, from 0, of a path in one of the frames.
    ///
    /// # Errors
    ///
    /// If the path is not of this population.
    pub fn province(&self, path: &[String]) -> Result<usize> {
        let province: usize = path.first().context("an empty path")?.parse()?;
        province
            .checked_sub(1)
            .filter(|&province| province < PROVINCES)
            .context("an unknown province")
    }

    /// The person at a path of one of the frames whose last part is the place, from 1, in the list
    /// of the unit above.
    ///
    /// # Errors
    ///
    /// If the path is not of this population.
    pub fn person(&self, path: &[String]) -> Result<Person> {
        let (place, above) = path.split_last().context("an empty path")?;
        let place: usize = place.parse()?;
        let first = match above {
            [_] => self.provinces[self.province(path)?],
            _ => self.first_of_village(above)?,
        };
        let person = self.persons.get(first + place - 1);
        person
            .copied()
            .with_context(|| format!("no person at {path:?}"))
    }

    fn first_of_village(&self, path: &[String]) -> Result<usize> {
        let mut key = [0_u16; 4];
        let parts = path.iter().flat_map(|part| part.split('-'));
        for (unit, part) in key.iter_mut().zip(parts) {
            *unit = part.parse::<u16>()? - 1;
        }
        self.villages
            .get(&key)
            .copied()
            .with_context(|| format!("no village at {path:?}"))
    }

    /// The number of persons and of villages.
    pub fn counts(&self) -> (usize, usize) {
        (self.persons.len(), self.rows.len())
    }

    /// What a census would find.
    pub fn truth(&self) -> Truth {
        let count = self.persons.len() as f64;
        let total: f64 = self
            .persons
            .iter()
            .map(|person| f64::from(person.value))
            .sum();
        let other: f64 = self
            .persons
            .iter()
            .map(|person| f64::from(person.other))
            .sum();
        let having = self.persons.iter().filter(|person| person.has).count();
        let mut values: Vec<f32> = self.persons.iter().map(|person| person.value).collect();
        values.sort_by(f32::total_cmp);
        Truth {
            mean: total / count,
            proportion: having as f64 / count,
            total,
            ratio: total / other,
            median: f64::from(values[(values.len() - 1) / 2]),
        }
    }
}

/// Two independent normal numbers of the given standard deviation.
fn pair(stream: &mut Stream, deviation: f64) -> Result<[f64; 2]> {
    Ok([deviation * normal(stream)?, deviation * normal(stream)?])
}

fn normal(stream: &mut Stream) -> Result<f64> {
    // Half a step away from 0, of which there is no quantile.
    Ok(normal_quantile(stream.uniform() + 0.5_f64.powi(54))?)
}

fn person(stream: &mut Stream, shifts: [f64; 2]) -> Result<Person> {
    let [first, second] = [shifts[0] + normal(stream)?, shifts[1] + normal(stream)?];
    Ok(Person {
        value: (10.0 * (0.4 * first).exp()) as f32,
        other: (20.0 + 3.0 * first + 3.0 * second) as f32,
        has: second > 0.9,
    })
}
