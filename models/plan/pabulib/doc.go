// Package pabulib reads residents' votes on projects from files of the participatory budgeting library (.pb, https://pabulib.org/format) and counts
// them: by the method of equal shares, and by utilitarian greedy to compare with. It is pure and exact: no floating point decides anything, and the
// same file gives the same outcome.
//
// What lives here: the format and the two rules. What may not: which investment proposal a project stands for, I/O beyond the reader handed in, and
// anything of a voter beyond the ballot. Age, sex and the like are skipped as they are read; identifiers serve to find a voter who comes twice and are
// forgotten.
package pabulib
