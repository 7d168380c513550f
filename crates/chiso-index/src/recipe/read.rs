//! From a step's table to the step.

use std::ops::Range;
use std::sync::Arc;

use super::table::{Fault, RawStep, StepTable};
use super::{
    Action, Aggregation, Impute, Normalise, NormaliseMethod, Over, Part, Screen, Selection, Step,
    Treat, TreatMethod, Weight, WeightMethod,
};
use crate::method::impute::Statistic;
use crate::pack::{Aggregate, Direction, MissingPart};
use crate::problem::quoted;

/// The names of all steps.
const STEPS: &str = "denominate, impute, screen, treat, normalise, expression, weight or aggregate";
const TREATMENTS: [(&str, TreatMethod); 6] = [
    ("winsorise", TreatMethod::Winsorise),
    ("log_ct", TreatMethod::LogCt),
    ("log_ct_plus", TreatMethod::LogCtPlus),
    ("log_gii", TreatMethod::LogGii),
    ("boxcox", TreatMethod::BoxCox),
    ("none", TreatMethod::None),
];

/// Reads a step that begins on a line; none where something is wrong with it, and the faults.
pub(crate) fn step(span: Range<usize>, line: u64, raw: &RawStep) -> (Option<Step>, Vec<Fault>) {
    let table_span = span.clone();
    let table = StepTable::of_step(span, raw);
    let id = table.text("id").map(str::to_owned);
    let over = over(&table);
    let overrides = table.overrides(raw);
    let mut faults = Vec::new();
    let mut parts = vec![part(&table)];
    match overrides {
        Ok(tables) => {
            for table in tables {
                table.text("id");
                self::over(&table);
                parts.push(part(&table));
                faults.extend(table.into_faults("overridden"));
            }
        }
        Err(fault) => faults.push(fault),
    }
    let name = table.text("do").unwrap_or("unknown").to_owned();
    faults.splice(0..0, table.into_faults(&name));
    let parts: Option<Vec<Part>> = parts.into_iter().collect();
    let other = |part: &&Part| part.action.name() != name;
    if let Some(part) = parts.iter().flatten().find(other) {
        faults.push(Fault {
            span: table_span,
            found: format!(
                "an override that does {} in a {name} step",
                quoted(part.action.name())
            ),
            expected: "the same step with other parameters".to_owned(),
        });
    }
    let step = parts.filter(|_| faults.is_empty()).map(|parts| Step {
        id,
        line,
        over,
        parts,
        written: Arc::new(raw.clone()),
    });
    (step, faults)
}

fn over(table: &StepTable) -> Over {
    let choices = [("edition", Over::Edition), ("panel", Over::Panel)];
    table.word("over", &choices).unwrap_or_default()
}

fn part(table: &StepTable) -> Option<Part> {
    let selection = Selection {
        level: table.count("level"),
        nodes: table.texts("nodes"),
        within: table.texts("within"),
    };
    let action = match table.text("do") {
        Some("denominate") => denominate(table),
        Some("impute") => impute(table).map(Action::Impute),
        Some("screen") => screen(table).map(Action::Screen),
        Some("treat") => treat(table).map(Action::Treat),
        Some("normalise") => normalise(table).map(Action::Normalise),
        Some("expression") => table
            .needed_text(
                "expression",
                "an SQL expression over `value`, nodes and the context",
            )
            .map(Action::Expression),
        Some("weight") => weight(table).map(Action::Weight),
        Some("aggregate") => aggregate(table).map(Action::Aggregate),
        other => {
            table.fault(
                "do",
                format!("step {}", quoted(other.unwrap_or_default())),
                STEPS,
            );
            None
        }
    };
    Some(Part {
        selection,
        action: action?,
    })
}

fn denominate(table: &StepTable) -> Option<Action> {
    let by = table.needed_text(
        "by",
        "the column of the context by which values are divided",
    );
    let scale = table.parameter("scale", 1.0);
    Some(Action::Denominate { by: by?, scale })
}

fn impute(table: &StepTable) -> Option<Impute> {
    let methods = [
        "none",
        "mean",
        "median",
        "group_mean",
        "group_median",
        "row_mean",
        "previous",
        "linear",
    ];
    let method = table.needed_word("method", &methods.map(|name| (name, name)))?;
    let statistic = if method.ends_with("median") {
        Statistic::Median
    } else {
        Statistic::Mean
    };
    Some(match method {
        "none" => Impute::None,
        "mean" | "median" => Impute::Column(statistic),
        "group_mean" | "group_median" => Impute::Group {
            statistic,
            group: table.needed_text("group", "the column of the context that names the group")?,
        },
        "row_mean" => Impute::RowMean {
            group_level: table.count("group_level").unwrap_or(2),
        },
        "previous" => Impute::Previous {
            age: table.count("age"),
        },
        _ => Impute::Linear,
    })
}

/// Defaults: two thirds of the leaves with a value, 5 % of them other than zero (COINr 1.1.14,
/// `Screen`).
fn screen(table: &StepTable) -> Option<Screen> {
    const AVAILABLE_SHARE: f64 = 2.0 / 3.0;
    const NONZERO_SHARE: f64 = 0.05;
    let choices = [
        ("available", (true, false)),
        ("nonzero", (false, true)),
        ("both", (true, true)),
    ];
    let (available, nonzero) = table.needed_word("method", &choices)?;
    let share = |wanted: bool, key, usual| wanted.then(|| table.share(key).unwrap_or(usual));
    Some(Screen {
        available_share: share(available, "available_share", AVAILABLE_SHARE),
        nonzero_share: share(nonzero, "nonzero_share", NONZERO_SHARE),
        include: table.texts("include"),
        exclude: table.texts("exclude"),
    })
}

/// Defaults: at most 5 cells, skewness 2, kurtosis 3.5 (COINr 1.1.14, `Treat`).
fn treat(table: &StepTable) -> Option<Treat> {
    let first = table.needed_word("method", &TREATMENTS)?;
    let then = table.word("then", &TREATMENTS);
    let takes = |method| first == method || then == Some(method);
    Some(Treat {
        first,
        then,
        most: table.parameter_if(takes(TreatMethod::Winsorise), "most", 5.0),
        skew: table.parameter("skew", 2.0),
        kurtosis: table.parameter("kurtosis", 3.5),
        lambda: table.parameter_if(takes(TreatMethod::BoxCox), "lambda", 0.0),
        force: table.flag("force", false),
    })
}

fn normalise(table: &StepTable) -> Option<Normalise> {
    use NormaliseMethod as Method;
    let choices = [
        ("none", Method::None),
        ("minmax", Method::MinMax),
        ("goalposts", Method::Goalposts),
        ("scaled", Method::Scaled),
        ("zscore", Method::ZScore),
        ("rank", Method::Rank),
        ("borda", Method::Borda),
        ("percentile_rank", Method::PercentileRank),
        ("distance_to_max", Method::DistanceToMax),
        ("distance_to_reference", Method::DistanceToReference),
        ("distance_to_target", Method::DistanceToTarget),
        ("fraction_of_max", Method::FractionOfMax),
    ];
    let method = table.needed_word("method", &choices)?;
    let reference = match method {
        Method::DistanceToReference => {
            Some(table.needed_text("reference", "the code of the unit that is the reference")?)
        }
        _ => None,
    };
    let has_ends = matches!(method, Method::MinMax | Method::Goalposts | Method::Scaled);
    let to_target = method == Method::DistanceToTarget;
    let number = |of: bool, key, usual| table.parameter_if(of, key, usual);
    let normalise = Normalise {
        method,
        low: number(has_ends, "low", 0.0),
        high: number(has_ends, "high", 100.0),
        mean: number(method == Method::ZScore, "mean", 0.0),
        sd: number(method == Method::ZScore, "sd", 1.0),
        factor: number(method == Method::Scaled, "factor", 100.0),
        target: to_target
            .then(|| table.optional_parameter("target"))
            .flatten(),
        cap: (to_target || reference.is_some()) && table.flag("cap", false),
        truncate: method != Method::Goalposts || table.flag("truncate", true),
        reference,
    };
    if let (super::Parameter::Same(low), super::Parameter::Same(high)) =
        (&normalise.low, &normalise.high)
        && low >= high
    {
        table.fault(
            "low",
            format!("low {low} and high {high}"),
            "low below high",
        );
    }
    if let super::Parameter::Same(sd) = normalise.sd
        && sd <= 0.0
    {
        table.fault("sd", format!("sd {sd}"), "a standard deviation above 0");
    }
    Some(normalise)
}

fn weight(table: &StepTable) -> Option<Weight> {
    let choices = [
        ("given", WeightMethod::Given),
        ("equal", WeightMethod::Equal),
        ("pca", WeightMethod::Pca),
        ("balanced", WeightMethod::Balanced),
    ];
    let method = table.needed_word("method", &choices)?;
    Some(Weight {
        method,
        target: (method == WeightMethod::Balanced)
            .then(|| table.optional_parameter("target"))
            .flatten(),
    })
}

fn aggregate(table: &StepTable) -> Option<Aggregation> {
    let name = table.needed_text("method", "how parts become one score");
    let power = (name.as_deref() == Some("power"))
        .then(|| table.number("power"))
        .flatten();
    let penalty = [
        ("negative", Direction::Higher),
        ("positive", Direction::Lower),
    ];
    let penalty = match name.as_deref() {
        Some("mazziotta_pareto") => table.word("penalty", &penalty),
        _ => None,
    };
    let penalty = penalty.unwrap_or(Direction::Higher);
    let method = aggregate_method(&name?, power, penalty);
    let factor = table.number("factor").unwrap_or(1.0);
    if factor <= 0.0 {
        table.fault("factor", format!("factor {factor}"), "a factor above 0");
    }
    let choices = [
        ("propagate", MissingPart::Propagate),
        ("available", MissingPart::Available),
    ];
    let missing = table
        .word("missing", &choices)
        .unwrap_or(MissingPart::Propagate);
    let available_share = match missing {
        MissingPart::Available => table.share("available_share").unwrap_or(0.0),
        MissingPart::Propagate => 0.0,
    };
    match method {
        Ok(method) => Some(Aggregation {
            method,
            factor,
            missing,
            available_share,
        }),
        Err(expected) => {
            let found = table.text("method").map_or_else(String::new, quoted);
            table.fault("method", format!("aggregate method {found}"), expected);
            None
        }
    }
}

/// The aggregation of a name; a power mean needs its power.
///
/// # Errors
/// What is expected, when it is none.
pub(crate) fn aggregate_method(
    name: &str,
    power: Option<f64>,
    penalty: Direction,
) -> Result<Aggregate, String> {
    match (name, power) {
        ("power", Some(power)) if power.is_finite() && power != 0.0 => Ok(Aggregate::Power { power }),
        ("power", _) => Err("a `power` other than 0 beside the method (geometric is the power 0)".to_owned()),
        ("sum", _) => Ok(Aggregate::Sum),
        ("mean", _) => Ok(Aggregate::Mean),
        ("geometric", _) => Ok(Aggregate::Geometric),
        ("harmonic", _) => Ok(Aggregate::Harmonic),
        ("copeland", _) => Ok(Aggregate::Copeland),
        ("mazziotta_pareto", _) => Ok(Aggregate::MazziottaPareto { penalty }),
        ("benefit_of_the_doubt", _) => Ok(Aggregate::BenefitOfTheDoubt),
        _ => Err("one of sum, mean, geometric, harmonic, power, copeland, mazziotta_pareto, benefit_of_the_doubt".to_owned()),
    }
}
