local apogee = require "apogee"
local islands = require "islands"

local options = {
  { name = "population", type = "integer", min = 4, max = 10000, default = 48,
    unit = "individuals", doc = "Total individuals on all islands." },
  { name = "tournament", type = "integer", min = 1, max = 1000, default = 2,
    unit = "individuals", doc = "Members that compete to become a parent." },
  { name = "mutation", type = "mutation", default = "per_gene", doc = "The mutation operator." },
  { name = "crossover", type = "crossover", default = "uniform",
    doc = "The crossover operator." },
  { name = "crossover_probability", type = "number", min = 0, max = 1, default = 0.5,
    doc = "Probability that a child is made by crossover before mutation." },
  { name = "mutation_probability", type = "number", min = 0, max = 1, default = 0.1,
    doc = "Mutation rate." },
  { name = "islands", type = "integer", min = 2, max = 100, default = 4, unit = "islands",
    doc = "Number of separate populations." },
  { name = "interval", type = "integer", min = 1, max = 1000, default = 3, unit = "generations",
    doc = "Generations between migrations." },
  { name = "migrants", type = "integer", min = 1, max = 100, default = 1, unit = "individuals",
    doc = "Best individuals copied from each island to the next one in the ring." },
}

apogee.register {
  point = "strategy", name = "islands",
  summary = "Separate populations that send their best individuals round a ring (Tanese 1989).",
  options = options,
  make = islands.strategy,
}
