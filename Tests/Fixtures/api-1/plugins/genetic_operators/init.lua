local apogee = require "apogee"
local crossover = require "crossover"
local mutation = require "mutation"
local cells = require "cells"

local granularity = {
  name = "granularity", type = "choice", choices = { "block", "gene" }, default = "block",
  doc = "What crosses over as one: blocks, such as a cell's node, or single genes.",
}

apogee.register {
  point = "mutation", name = "polynomial",
  summary = "Moves genes to near values, far ones being rarer; for ordered genes (Deb 1996).",
  options = {
    { name = "eta", type = "number", min = 0, max = 100, default = 20,
      doc = "Distribution index: the larger, the nearer a changed value stays." },
  },
  make = mutation.polynomial,
}

apogee.register {
  point = "mutation", name = "random_genes",
  summary = "Changes a fixed number of genes, each to another value that it may take.",
  options = {
    { name = "count", type = "integer", min = 1, max = 1000, default = 1, unit = "genes",
      doc = "Genes that change; all of them where there are fewer." },
  },
  make = mutation.random_genes,
}

apogee.register {
  point = "crossover", name = "biased_uniform",
  summary = "Each part comes from the second parent with a probability (Spears 1991).",
  options = {
    { name = "probability", type = "number", min = 0, max = 1, default = 0.5,
      doc = "A part's chance to come from the second parent." },
    granularity,
  },
  make = crossover.biased_uniform,
}

apogee.register {
  point = "crossover", name = "k_point",
  summary = "Cuts both parents at k points and alternates between them (De Jong 1975).",
  options = {
    { name = "points", type = "integer", min = 1, max = 100, default = 2, unit = "cuts",
      doc = "Cuts: 1 and 2 are the one-point and two-point crossover; fewer in short genotypes." },
    granularity,
  },
  make = crossover.k_point,
}

apogee.register {
  point = "crossover", name = "segment_swap",
  summary = "A run of neighbouring parts of random length comes from the second parent.",
  options = {
    { name = "longest", type = "number", min = 0, max = 1, default = 0.5,
      doc = "The longest run, as a fraction of all parts; at least one part." },
    granularity,
  },
  make = crossover.segment_swap,
}

apogee.register {
  point = "crossover", name = "subtree_swap",
  summary = "A node and all that it depends on come from the second parent (Koza 1992).",
  run = cells.subtree_swap,
}
