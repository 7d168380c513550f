//! The steps of a recipe in words.

use chiso_index::pack::{Aggregate, MissingPart};
use chiso_index::recipe::{
    Action, Impute, Normalise, NormaliseMethod, Over, Parameter, Screen, Step, Treat, TreatMethod,
    WeightMethod,
};
use chiso_publish::Lang;

use super::trimmed;

/// What a step of a recipe does; `level` names the level to which it is limited.
pub fn step(lang: Lang, step: &Step, level: Option<&str>) -> String {
    let Some(part) = step.parts.first() else {
        return String::new();
    };
    let mut text = action(lang, &part.action, level);
    if step.over == Over::Panel {
        text.push_str(lang.pick(
            " Chuẩn so sánh là của mọi năm cùng phiên bản.",
            " The norm is taken over all editions of the version.",
        ));
    }
    if step.parts.len() > 1 || !part.selection.nodes.is_empty() || !part.selection.within.is_empty()
    {
        text.push_str(lang.pick(
            " Một số nội dung có tham số riêng.",
            " Some nodes have parameters of their own.",
        ));
    }
    text
}

fn action(lang: Lang, action: &Action, level: Option<&str>) -> String {
    let plain = |vi: &str, en: &str| lang.pick(vi, en).to_owned();
    match action {
        Action::Denominate { by, .. } => match lang {
            Lang::Vi => format!("Giá trị được chia cho {by}."),
            Lang::En => format!("Values are divided by {by}."),
        },
        Action::Impute(impute) => fill(lang, impute),
        Action::Screen(rule) => screen(lang, rule),
        Action::Treat(rule) => treat(lang, rule),
        Action::Normalise(rule) => normalise(lang, rule),
        Action::Expression(text) => match lang {
            Lang::Vi => format!("Giá trị được tính lại theo biểu thức {text}."),
            Lang::En => format!("Values become those of the expression {text}."),
        },
        Action::Weight(weight) => match weight.method {
            WeightMethod::Given => plain(
                "Trọng số theo định nghĩa của chỉ số.",
                "Weights are those of the definition.",
            ),
            WeightMethod::Equal => plain("Mọi trọng số bằng nhau.", "All weights are equal."),
            WeightMethod::Pca => plain(
                "Trọng số là hệ số tải của thành phần chính thứ nhất.",
                "Weights are the loadings of the first principal component.",
            ),
            WeightMethod::Balanced => plain(
                "Trọng số được cân để tầm quan trọng của mỗi nội dung đúng tỷ lệ đặt ra.",
                "Weights are balanced so that each node is as important as intended.",
            ),
        },
        Action::Aggregate(rule) => {
            let what = aggregate(lang, rule.method);
            let times = match rule.factor == 1.0 {
                true => String::new(),
                false => format!(" × {}", trimmed(lang, rule.factor)),
            };
            let place = match (level, lang) {
                (Some(level), Lang::Vi) => format!("Ở cấp “{level}”: "),
                (Some(level), Lang::En) => format!("At the level “{level}”: "),
                (None, Lang::Vi) => "Từ dưới lên, điểm của mỗi nội dung là ".to_owned(),
                (None, Lang::En) => "From the bottom up, the score of each node is ".to_owned(),
            };
            format!("{place}{what}{times}. {}", missing_part(lang, rule.missing))
        }
    }
}

fn fill(lang: Lang, impute: &Impute) -> String {
    let by = match impute {
        Impute::None => {
            return lang
                .pick(
                    "Giá trị thiếu được để nguyên.",
                    "Missing values are left as they are.",
                )
                .to_owned();
        }
        Impute::Column(_) => lang.pick(
            "số trung bình (hoặc trung vị) của các đơn vị khác",
            "the mean (or median) of the other units",
        ),
        Impute::Group { .. } => lang.pick(
            "số trung bình (hoặc trung vị) của các đơn vị cùng nhóm",
            "the mean (or median) of units of the same group",
        ),
        Impute::RowMean { .. } => lang.pick(
            "trung bình các nội dung khác của chính đơn vị",
            "the mean of the unit’s own other values",
        ),
        Impute::Previous { .. } => lang.pick(
            "giá trị của năm trước đó",
            "the value of an earlier edition",
        ),
        Impute::Linear => lang.pick("nội suy giữa các năm", "interpolation between editions"),
    };
    match lang {
        Lang::Vi => format!("Giá trị thiếu được thay bằng {by}."),
        Lang::En => format!("Missing values are filled by {by}."),
    }
}

fn screen(lang: Lang, rule: &Screen) -> String {
    let percent = |share: f64| trimmed(lang, (share * 1000.0).round() / 10.0);
    match (rule.available_share, lang) {
        (Some(share), Lang::Vi) => {
            format!(
                "Đơn vị có dưới {} % giá trị không được tính.",
                percent(share)
            )
        }
        (Some(share), Lang::En) => {
            format!(
                "Units with fewer than {} % of the values are left out.",
                percent(share)
            )
        }
        (None, Lang::Vi) => "Đơn vị có quá nhiều giá trị bằng không bị loại.".to_owned(),
        (None, Lang::En) => "Units with too many zeros are left out.".to_owned(),
    }
}

fn treat(lang: Lang, rule: &Treat) -> String {
    let name = |method: TreatMethod| match method {
        TreatMethod::None => lang.pick("giữ nguyên", "as they are"),
        TreatMethod::Winsorise => lang.pick("kéo các giá trị ngoại lai vào", "winsorised"),
        TreatMethod::LogCt | TreatMethod::LogCtPlus | TreatMethod::LogGii => {
            lang.pick("lấy lô-ga-rít", "put on a logarithmic scale")
        }
        TreatMethod::BoxCox => lang.pick("biến đổi Box-Cox", "transformed after Box and Cox"),
    };
    let then = match (rule.then, lang) {
        (Some(method), Lang::Vi) => format!(", nếu chưa đủ thì {}", name(method)),
        (Some(method), Lang::En) => format!(", or if that is not enough {}", name(method)),
        (None, _) => String::new(),
    };
    match lang {
        Lang::Vi => format!("Nội dung có giá trị ngoại lai: {}{then}.", name(rule.first)),
        Lang::En => format!(
            "Values of nodes with outliers are {}{then}.",
            name(rule.first)
        ),
    }
}

fn normalise(lang: Lang, rule: &Normalise) -> String {
    let how = match rule.method {
        NormaliseMethod::None => {
            return lang
                .pick(
                    "Giá trị được dùng như quan sát.",
                    "Values are used as observed.",
                )
                .to_owned();
        }
        NormaliseMethod::MinMax => lang.pick(
            "theo giá trị nhỏ nhất và lớn nhất",
            "from the least to the greatest value",
        ),
        NormaliseMethod::Goalposts => lang.pick(
            "theo thang điểm của từng nội dung",
            "from the minimum to the maximum of each node",
        ),
        NormaliseMethod::Scaled => lang.pick("theo ngưỡng cho trước", "by stated bounds"),
        NormaliseMethod::ZScore => lang.pick(
            "theo độ lệch chuẩn so với trung bình",
            "by standard deviations from the mean",
        ),
        NormaliseMethod::Rank | NormaliseMethod::Borda | NormaliseMethod::PercentileRank => {
            lang.pick("theo thứ hạng", "by their places in the order")
        }
        NormaliseMethod::DistanceToMax => lang.pick(
            "theo khoảng cách từ kém nhất đến tốt nhất",
            "by the way from the worst to the best",
        ),
        NormaliseMethod::DistanceToReference => lang.pick(
            "theo khoảng cách đến đơn vị tham chiếu",
            "by the way to a reference unit",
        ),
        NormaliseMethod::DistanceToTarget => {
            lang.pick("theo khoảng cách đến mục tiêu", "by the way to a target")
        }
        NormaliseMethod::FractionOfMax => {
            lang.pick("theo tỷ lệ so với tốt nhất", "as a share of the best")
        }
    };
    let ends = matches!(
        rule.method,
        NormaliseMethod::MinMax | NormaliseMethod::Goalposts
    );
    let scale = match (&rule.low, &rule.high) {
        (Parameter::Same(low), Parameter::Same(high)) if ends => {
            format!(" {}", super::span(lang, *low, *high))
        }
        _ => String::new(),
    };
    match lang {
        Lang::Vi => format!("Giá trị được đưa về thang chung{scale} {how}."),
        Lang::En => format!("Values are put on a common scale{scale} {how}."),
    }
}

fn aggregate(lang: Lang, method: Aggregate) -> &'static str {
    match method {
        Aggregate::Sum => lang.pick("tổng các thành phần", "the sum of its parts"),
        Aggregate::Mean => lang.pick(
            "trung bình các thành phần theo trọng số",
            "the weighted mean of its parts",
        ),
        Aggregate::Geometric => lang.pick(
            "trung bình nhân các thành phần theo trọng số",
            "the weighted geometric mean of its parts",
        ),
        Aggregate::Harmonic => lang.pick(
            "trung bình điều hòa các thành phần theo trọng số",
            "the weighted harmonic mean of its parts",
        ),
        Aggregate::Power { .. } => lang.pick(
            "trung bình lũy thừa các thành phần theo trọng số",
            "the weighted power mean of its parts",
        ),
        Aggregate::Copeland => lang.pick(
            "số đơn vị mà đơn vị vượt trừ số đơn vị vượt nó (Copeland)",
            "how many units it outranks less how many outrank it (Copeland)",
        ),
        Aggregate::MazziottaPareto { .. } => lang.pick(
            "trung bình các thành phần, trừ điểm khi các thành phần không đều (Mazziotta-Pareto)",
            "the mean of its parts, less a penalty for parts out of balance (Mazziotta-Pareto)",
        ),
        Aggregate::BenefitOfTheDoubt => lang.pick(
            "tổng các thành phần theo trọng số có lợi nhất cho từng đơn vị (Benefit of the Doubt)",
            "the sum of its parts under the weights that favour each unit most (Benefit of the Doubt)",
        ),
    }
}

fn missing_part(lang: Lang, missing: MissingPart) -> &'static str {
    match missing {
        MissingPart::Propagate => lang.pick(
            "Thiếu một thành phần thì không có điểm.",
            "Without one of its parts it has no score.",
        ),
        MissingPart::Available => lang.pick(
            "Thiếu một thành phần thì tính từ các thành phần còn lại.",
            "Without one of its parts it is computed from the others.",
        ),
    }
}
