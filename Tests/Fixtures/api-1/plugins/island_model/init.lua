local apogee = require "apogee"
local islands = require "islands"

local options = {
  { name = "population", type = "integer", min = 4, max = 10000, default = 48,
    unit = "individuals", doc = "Individuals of all islands together." },
  { name = "tournament", type = "integer", min = 1, max = 1000, default = 2,
    unit = "individuals", doc = "Members that compete to be a parent." },
  { name = "mutation", type = "mutation", default = "per_gene", doc = "How a parent is changed." },
  { name = "crossover", type = "crossover", default = "uniform",
    doc = "How two parents are combined." },
  { name = "crossover_probability", type = "number", min = 0, max = 1, default = 0.5,
    doc = "A child's chance to be made by crossover before it is mutated." },
  { name = "mutation_probability", type = "number", min = 0, max = 1, default = 0.1,
    doc = "Rate of the mutation." },
  { name = "islands", type = "integer", min = 2, max = 100, default = 4, unit = "islands",
    doc = "Populations that evolve apart." },
  { name = "interval", type = "integer", min = 1, max = 1000, default = 3, unit = "generations",
    doc = "Generations between two migrations." },
  { name = "migrants", type = "integer", min = 1, max = 100, default = 1, unit = "individuals",
    doc = "The best of an island that are copied to the next one of the ring." },
}

apogee.register {
  point = "strategy", name = "islands",
  summary = "Populations that evolve apart and send their best round a ring (Tanese 1989).",
  options = options,
  make = islands.strategy,
}
