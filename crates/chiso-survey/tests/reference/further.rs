//! Figures that the files of results do not have: of R `survey` 4.1.1, which 4.5 does not change.

use super::designs::known;
use super::evaluate::compare;
use super::support::reference;
use super::table::{Account, Row};

fn row(design: &str, fun: &str, y: &str, group: &str, est: f64, se: f64) -> Row {
    let by = if group.is_empty() { "" } else { "g" };
    Row {
        file: "further.rs",
        design: design.into(),
        fun: fun.into(),
        y: y.into(),
        by: by.into(),
        by_level: group.into(),
        est: Some(est),
        se: Some(se),
        ..Row::default()
    }
}

fn check(rows: &[Row]) {
    if reference().is_none() {
        return;
    }
    let mut account = Account::default();
    for row in rows {
        compare(&known(&row.design).unwrap(), row, &mut account);
    }
    account.finish(rows.len(), 0);
}

#[test]
fn a_stratum_taken_in_full_keeps_the_variance_of_its_second_stage() {
    let figure = |fun, group, est, se| row("toy_certainty_2stage", fun, "y", group, est, se);
    check(&[
        figure("svymean", "", 7.789_115_646_258_5, 0.622_938_842_969_06),
        figure("svytotal", "", 5725.0, 1_442.116_211_221_1),
        figure("svymean", "a", 7.748_299_319_727_9, 0.812_204_148_637_13),
        figure("svymean", "b", 7.829_931_972_789_1, 0.793_319_155_715_53),
    ]);
}

#[test]
fn weights_follow_from_all_stages_where_the_variance_takes_the_first() {
    let figure = |fun, group, est, se| row("toy_certainty_ultimate", fun, "y", group, est, se);
    check(&[
        figure("svymean", "", 7.789_115_646_258_5, 0.578_169_918_050_21),
        figure("svytotal", "", 5725.0, 1_432.009_078_183_5),
        figure("svymean", "a", 7.748_299_319_727_9, 0.582_826_915_129_38),
        figure("svymean", "b", 7.829_931_972_789_1, 0.573_592_052_528_26),
    ]);
}

#[test]
fn clusters_outside_a_domain_keep_their_own_probability() {
    let figure = |fun, y, est, se| row("pps_brewer|TotPrecincts>200", fun, y, "", est, se);
    check(&[
        figure("svytotal", "Bush", 18_720_759.362_858, 3_965_616.777_934_9),
        figure("svymean", "Bush", 189_776.874_288_09, 28_665.379_695_635),
        figure(
            "svyratio",
            "Bush/Kerry",
            0.856_190_166_234_12,
            0.090_133_931_955_057,
        ),
    ]);
}
