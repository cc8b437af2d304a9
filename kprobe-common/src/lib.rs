//! The contract between the kernel half and the user half.
