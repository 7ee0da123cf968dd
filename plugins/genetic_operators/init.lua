local apogee = require "apogee"
local crossover = require "crossover"
local mutation = require "mutation"
local cells = require "cells"

local granularity = {
  name = "granularity", type = "choice", choices = { "block", "gene" }, default = "block",
  doc = "The unit of crossover: blocks, such as a cell's node, or single genes.",
}

apogee.register {
  point = "mutation", name = "polynomial",
  summary = "Moves genes to values that are mostly near; for ordered genes (Deb 1996).",
  options = {
    { name = "eta", type = "number", min = 0, max = 100, default = 20,
      doc = "Distribution index; larger values make smaller changes." },
  },
  make = mutation.polynomial,
}

apogee.register {
  point = "mutation", name = "random_genes",
  summary = "Changes a fixed number of genes, each to another allowed value.",
  options = {
    { name = "count", type = "integer", min = 1, max = 1000, default = 1, unit = "genes",
      doc = "Number of genes to change, at most all." },
  },
  make = mutation.random_genes,
}

apogee.register {
  point = "crossover", name = "biased_uniform",
  summary = "Takes each part from the second parent with a probability (Spears 1991).",
  options = {
    { name = "probability", type = "number", min = 0, max = 1, default = 0.5,
      doc = "Probability that a part comes from the second parent." },
    granularity,
  },
  make = crossover.biased_uniform,
}

apogee.register {
  point = "crossover", name = "k_point",
  summary = "Cuts both parents at k points and alternates between them (De Jong 1975).",
  options = {
    { name = "points", type = "integer", min = 1, max = 100, default = 2, unit = "cuts",
      doc = "Number of cuts: 1 is one-point, 2 two-point crossover; fewer in short genotypes." },
    granularity,
  },
  make = crossover.k_point,
}

apogee.register {
  point = "crossover", name = "segment_swap",
  summary = "Takes a run of neighbouring parts of random length from the second parent.",
  options = {
    { name = "longest", type = "number", min = 0, max = 1, default = 0.5,
      doc = "The longest run, as a fraction of all parts; at least one part." },
    granularity,
  },
  make = crossover.segment_swap,
}

apogee.register {
  point = "crossover", name = "subtree_swap",
  summary = "Takes a node, and all nodes that it depends on, from the second parent (Koza 1992).",
  run = cells.subtree_swap,
}
