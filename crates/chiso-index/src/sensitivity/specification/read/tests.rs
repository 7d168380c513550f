//! What `sensitivity.toml` may say, and what is refused.

use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Result<Specification, String> {
    specification("s.toml", text).map_err(|error| error.to_string())
}

#[test]
fn all_kinds_of_inputs_are_read() {
    let text = r#"
        draws = 500
        seed = 7
        indices = true
        targets = ["mean_shift", "moved:10", "rank:VNM", "score:VNM"]
        [[vary]]
        id = "winsorising"
        step = 4
        parameter = "most"
        values = [1, 2, 3, 4, 5]
        [[vary]]
        id = "skewness"
        step = "treat"
        parameter = "skew"
        low = 1
        high = 3
        [[vary]]
        step = 5
        alternatives = [{ method = "minmax", low = 1 }, { method = "borda" }]
        [[vary]]
        weights = "uniform"
        share = 0.25
        levels = [2, 3]
        [[vary]]
        weights = "uniform"
        low = 0.1
        high = 0.3
        nodes = ["a"]
        [[vary]]
        weights = "dirichlet"
        concentration = 50
        [[vary]]
        weights = "sets"
        sets = [{ a = 1, b = 2 }, { a = 2 }]
        [[vary]]
        exclude = ["LPI", "Forest"]
        [[vary]]
        sampling = true
    "#;
    let read = read(text).expect("a specification");
    assert_eq!(
        (read.draws, read.seed, read.bootstrap, read.confidence),
        (500, 7, 1000, 0.9)
    );
    let targets: Vec<String> = read.targets.iter().map(TargetName::to_string).collect();
    assert_eq!(targets, ["mean_shift", "moved:10", "rank:VNM", "score:VNM"]);
    let ids: Vec<&str> = read.inputs.iter().map(|input| input.id.as_str()).collect();
    assert_eq!(ids[..4], ["winsorising", "skewness", "input_3", "input_4"]);
    assert_eq!(read.inputs[0].line, 6);
    let InputKind::Step {
        step,
        change: Change::Range { low, high, .. },
    } = &read.inputs[1].kind
    else {
        panic!("{:?}", read.inputs[1]);
    };
    assert_eq!(
        (step, *low, *high),
        (&StepName::Id("treat".to_owned()), 1.0, 3.0)
    );
    let noisy = WeightDistribution::Noisy { share: 0.25 };
    let levels = vec![2, 3];
    let expected = WeightInput {
        distribution: noisy,
        levels,
        nodes: Vec::new(),
    };
    assert_eq!(read.inputs[3].kind, InputKind::Weights(expected));
    assert_eq!(read.inputs[8].kind, InputKind::Sampling);
}

#[test]
fn a_fault_names_its_line_what_was_found_and_what_was_expected() {
    let faults = [
        (
            "draws = 1\n",
            "s.toml:1: found draws 1; expected at least 2",
        ),
        (
            "seed = 1\n",
            "s.toml:1: found nothing that varies; expected [[vary]] tables",
        ),
        (
            "draws = 9\nfoo = 1\n",
            "s.toml:2: found unknown field `foo`",
        ),
        (
            "\n[[vary]]\nid = \"a\"\n",
            "s.toml:2: found a [[vary]] that says nothing",
        ),
        (
            "[[vary]]\nsampling = true\nexclude = [\"a\"]\n",
            "s.toml:1: found a [[vary]] with exclude and sampling",
        ),
        (
            "[[vary]]\nexclude = [\"a\"]\nshare = 1\n",
            "s.toml:1: found `share` beside `exclude`",
        ),
        (
            "[[vary]]\nexclude = []\n",
            "s.toml:2: found 0 in `exclude`; expected at least 1",
        ),
        (
            "[[vary]]\nstep = 1\nparameter = \"most\"\nvalues = [1]\n",
            "s.toml:4: found 1 in `values`",
        ),
        (
            "[[vary]]\nstep = 1\n",
            "s.toml:1: found a `step` with other keys",
        ),
        (
            "[[vary]]\nweights = \"uniform\"\nshare = 1.5\n",
            "s.toml:3: found share 1.5",
        ),
        (
            "[[vary]]\nweights = \"gamma\"\n",
            "s.toml:2: found weights `gamma` with such keys",
        ),
        (
            "[[vary]]\nid = \"a\"\nsampling = true\n[[vary]]\nid = \"a\"\nsampling = true\n",
            "s.toml:5: found id `a` again",
        ),
        (
            "targets = [\"rank\"]\n[[vary]]\nsampling = true\n",
            "s.toml:1: found target `rank`",
        ),
        (
            "confidence = 1\n[[vary]]\nsampling = true\n",
            "s.toml:1: found confidence 1",
        ),
        (
            "sequence = \"sobol\"\n[[vary]]\nsampling = true\n",
            "s.toml:1: found sequence `sobol`",
        ),
    ];
    for (text, expected) in faults {
        let fault = read(text).expect_err(text);
        assert!(fault.starts_with(expected), "{fault}\nexpected {expected}");
        assert!(fault.contains("; expected "), "{fault}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,80}", key in "[a-z_]{1,12}", value in "[-0-9a-z\"\\[\\]{}=,.]{0,12}") {
        let _ = read(&text);
        let _ = read(&format!("{key} = {value}\n[[vary]]\n{key} = {value}\nsampling = true\n"));
    }
}
