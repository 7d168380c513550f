//! Rebuilds the program when a pack or a figure is added: they are compiled in.

fn main() {
    for folder in ["../../packs", "../../data"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
