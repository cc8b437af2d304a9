//! What is found out of ELF files and archives: of such as compilers make, of such as C libraries are, and of damaged ones.

mod build;
mod hostile;
mod identity;
mod numbers;
