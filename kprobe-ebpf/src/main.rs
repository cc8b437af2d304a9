//! The kernel half.
#![no_std]
#![no_main]
