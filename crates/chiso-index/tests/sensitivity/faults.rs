//! A specification that does not fit the index is refused with its line.

use crate::common::{STEPS, study, weighing};

#[test]
fn what_does_not_fit_the_index_is_refused_with_its_line() {
    let vary = |rest: &str| format!("[[vary]]\n{rest}");
    let faults = [
        (
            vary("step = 9\nparameter = \"most\"\nvalues = [1, 2]"),
            "s.toml:1: found step 9; expected one of the recipe's steps (1 impute, 2 treat, 3 normalise, 4 aggregate)",
        ),
        (
            vary("step = \"screen\"\nparameter = \"most\"\nvalues = [1, 2]"),
            "s.toml:1: found step `screen`; expected",
        ),
        (
            vary("step = 2\nparameter = \"mots\"\nvalues = [1, 2]"),
            "s.toml:1: found `mots` 1 of step 2: key `mots` in this treat step; expected one of",
        ),
        (
            vary("step = 2\nparameter = \"most\"\nvalues = [1, \"two\"]"),
            "s.toml:1: found `most` \"two\" of step 2",
        ),
        (
            vary("step = 2\nparameter = \"most\"\nlow = 1\nhigh = 5"),
            "s.toml:1: found `most` 2.5",
        ),
        (
            vary("step = 3\nalternatives = [{ method = \"rank\" }, { method = \"maxmin\" }]"),
            "s.toml:1: found alternative 2 of step 3: method `maxmin`",
        ),
        (
            vary("step = 3\nalternatives = [{ method = \"rank\" }, { method = \"none\" }]"),
            "s.toml:1: found alternative 2 of step 3",
        ),
        (
            vary(
                "step = 3\nalternatives = [{ method = \"rank\" }, { method = \"rank\", nodes = [\"a\"] }]",
            ),
            "s.toml:1: found alternative 2 of step 3",
        ),
        (
            vary("step = 3\nalternatives = [{ do = \"treat\" }, { method = \"rank\" }]"),
            "s.toml:1: found alternative 1 of step 3: `do` in an alternative",
        ),
        (
            vary("exclude = [\"z\"]"),
            "s.toml:1: found node `z`; expected a node of version `v`",
        ),
        (
            vary("exclude = [\"x\"]"),
            "s.toml:1: found the index itself in `exclude`",
        ),
        (
            vary("weights = \"uniform\"\nshare = 0.1\nlevels = [3]"),
            "s.toml:1: found level 3; expected levels from 1",
        ),
        (
            vary("weights = \"uniform\"\nshare = 0.1\nlevels = [2]\nnodes = [\"a\"]"),
            "s.toml:1: found no node of these levels and codes",
        ),
        (
            "nodes = [\"y\"]\nleave_one_out = true".to_owned(),
            "s.toml:1: found node `y`",
        ),
        (
            "draws = 4\ntargets = [\"rank:zz\"]\n".to_owned() + &vary("exclude = [\"a\"]"),
            "s.toml:2: found unit `zz` in a target",
        ),
        (
            "draws = 99999\n".to_owned() + &vary("exclude = [\"a\"]"),
            "s.toml: found 99999 quasi-random draws; expected at most 65536",
        ),
        (
            vary("sampling = true\n") + &vary("sampling = true"),
            "s.toml:3: found `sampling` in two inputs",
        ),
        (
            vary("weights = \"uniform\"\nshare = 0.1\n").repeat(2),
            "s.toml:4: found weights of node `p` in two inputs",
        ),
    ];
    for (text, expected) in faults {
        let fault = study(STEPS, &text).expect_err(&text);
        assert!(fault.starts_with(expected), "{fault}\nexpected {expected}");
        assert!(fault.contains("; expected "), "{fault}");
    }
    let text = vary("weights = \"uniform\"\nshare = 0.1\nlevels = [2]");
    let fault = study(&weighing(), &text).expect_err("weights that the recipe sets");
    let expected = "s.toml:1: found weights of node `p`, which step 4 of the recipe sets; expected";
    assert!(fault.starts_with(expected), "{fault}");
}
