//! The survey specification that fits a sample, ready for the answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chiso_survey::select::{Sample, SampleReport};

/// A `survey.toml` whose design is the sample's, and which runs as it is: it estimates the
/// population of each domain from the weights alone.
pub fn skeleton(sample: &Sample, report: &SampleReport) -> String {
    let stages = sample.levels.len() - sample.domain_levels;
    let columns = |name: &str| {
        let all: Vec<String> = (1..=stages)
            .map(|stage| format!("\"{name}{stage}\""))
            .collect();
        all.join(", ")
    };
    let mut text = String::from(
        "# The design of a sample that `chiso sample` drew. Once people have answered, put the file of answers in\n\
         # place of sample.csv: a row for each interview, with the columns of sample.csv beside the answers.\n\
         data = \"sample.csv\"\n\n[design]\nweights = \"weight\"\n\
         # Variance from the first random stage; certainty units are strata of their own.\n\
         strata = \"stratum\"\nclusters = \"psu\"\n",
    );
    if !report.lonely_strata.is_empty() {
        text.push_str(
            "# Some strata have one cluster: see frame-report.txt.\nlonely_psu = \"adjust\"\n",
        );
    }
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "# Or, in place of strata and clusters above, every stage with its probabilities:\n\
         # strata = [{}]\n# clusters = [{}]\n# fpc = [{}]\n# pps = \"brewer\"\n",
        columns("stratum"),
        columns("cluster"),
        columns("fpc"),
    );
    if lonely_at_a_stage(sample) {
        text.push_str("# lonely_psu = \"adjust\"\n");
    }
    text.push('\n');
    text.push_str(
        "# The population that the weights stand for. Those interviewed all count, a replacement like the unit in\n\
         # whose place it came: leave `where` out then, and ask for answers instead of 1.\n\
         [[estimate]]\nid = \"population\"\nstatistic = \"total\"\nvariable = \"1\"\n\
         where = \"role = 'selected'\"\n",
    );
    if sample.domain_levels > 0 {
        let domains: Vec<String> = sample.levels[..sample.domain_levels]
            .iter()
            .map(|name| quoted(name))
            .collect();
        let _ = writeln!(text, "by = [{}]", domains.join(", "));
    }
    text
}

/// Whether some stage drew a single unit, not for certain, from a stratum.
fn lonely_at_a_stage(sample: &Sample) -> bool {
    let mut clusters: BTreeMap<(usize, &str), BTreeSet<&str>> = BTreeMap::new();
    for unit in sample.selected() {
        for (stage, taken) in unit.stages.iter().enumerate() {
            if !taken.certain {
                let of_stratum = clusters.entry((stage, &taken.stratum)).or_default();
                of_stratum.insert(&taken.cluster);
            }
        }
    }
    clusters.values().any(|clusters| clusters.len() == 1)
}

/// A column as a SQL name within a TOML text.
fn quoted(name: &str) -> String {
    let sql = format!("\"{}\"", name.replace('"', "\"\""));
    toml::Value::String(sql).to_string()
}
