//! What is found out of ELF files and archives: of such as compilers make, of such as C libraries are, and of damaged ones.

mod binutils;
mod build;
mod debian;
mod hostile;
mod identity;
mod numbers;
