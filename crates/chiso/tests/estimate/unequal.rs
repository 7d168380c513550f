//! Clusters drawn with unequal probabilities, and finite populations of two stages.

use super::support::*;

#[test]
fn unequal_probabilities_give_the_figures_of_r() {
    let Some(figures) = Figures::read("multistage_pps.csv") else {
        return;
    };
    let wanted = "[[estimate]]\nid = 'total'\nstatistic = 'total'\n\
                  variable = ['Bush', 'Kerry', 'Nader']\n\
                  [[estimate]]\nid = 'ratio'\nstatistic = 'ratio'\nvariable = 'Bush'\n\
                  denominator = 'Kerry'\n";
    for (design, columns) in [
        ("pps_brewer", "fpc = 'p'\npps = 'brewer'\n"),
        ("pps_overton", "fpc = 'p'\npps = 'overton'\n"),
        ("pps_HR1", "fpc = 'p'\npps = 'hartley_rao'\n"),
        ("pps_wr", "probabilities = 'p'\n"),
    ] {
        let parts = ["[design]\n", columns, wanted];
        let found = estimates(&figures, "election_pps", &parts.concat());
        for name in ["Bush", "Kerry", "Nader"] {
            let of_r = figures.first(&[
                ("design", design),
                ("fun", "svytotal"),
                ("level", name),
                ("ci", "normal"),
            ]);
            same(
                &found.one(&[("id", "total"), ("variable", name)]),
                &of_r,
                INTERVAL,
            );
        }
        let of_r = figures.first(&[("design", design), ("fun", "svyratio")]);
        same(&found.one(&[("id", "ratio")]), &of_r, ESTIMATE);
    }
}

#[test]
fn finite_populations_of_both_stages_give_the_figures_of_r() {
    let Some(figures) = Figures::read("multistage_pps.csv") else {
        return;
    };
    let wanted = "[[estimate]]\nid = 'mean'\nstatistic = 'mean'\nvariable = 'VALUE'\n\
                  [[estimate]]\nid = 'total'\nstatistic = 'total'\nvariable = 'VALUE'\n";
    for (design, data, variable, columns) in [
        (
            "mu284_fpc2",
            "mu284",
            "y1",
            "clusters = ['id1', 'id2']\nfpc = ['n1', 'n2']\n",
        ),
        (
            "fpc_strat_fpc",
            "fpc",
            "x",
            "clusters = 'psuid'\nstrata = 'stratid'\nweights = 'weight'\nfpc = 'Nh'\nnest = true\n",
        ),
    ] {
        let parts = ["[design]\n", columns, &wanted.replace("VALUE", variable)];
        let found = estimates(&figures, data, &parts.concat());
        for (id, fun) in [("mean", "svymean"), ("total", "svytotal")] {
            let of_r = figures.first(&[
                ("design", design),
                ("fun", fun),
                ("ci", "normal"),
                ("opt", "deff=TRUE"),
            ]);
            same(&found.one(&[("id", id)]), &of_r, EVERYTHING);
        }
    }
}
