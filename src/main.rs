//! The command `parvis`.

fn main() -> std::process::ExitCode {
    parvis::cli::main()
}
