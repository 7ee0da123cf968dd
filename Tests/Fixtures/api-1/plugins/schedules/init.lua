local apogee = require "apogee"
local rates = require "rates"
local shrinking = require "shrinking"

local least = {
  name = "least", type = "number", min = 0, max = 1, default = 0.01,
  doc = "The factor of the outer learning rate at the lowest.",
}

apogee.register {
  point = "schedule", name = "cosine",
  summary = "The learning rate falls along half a cosine (Loshchilov, Hutter 2017).",
  options = { least },
  make = rates.cosine,
}

apogee.register {
  point = "schedule", name = "warm_restarts",
  summary = "The cosine begins anew several times, each time longer (Loshchilov, Hutter 2017).",
  options = {
    least,
    { name = "cycles", type = "integer", min = 1, max = 20, default = 3, unit = "cycles",
      doc = "How often the cosine runs." },
    { name = "growth", type = "number", min = 1, max = 10, default = 2,
      doc = "How much longer each cycle is than the one before." },
  },
  make = rates.warm_restarts,
}

apogee.register {
  point = "schedule", name = "plateau",
  summary = "The learning rate falls each time the best objective stands still.",
  options = {
    least,
    { name = "factor", type = "number", min = 0.01, max = 1, default = 0.5,
      doc = "What the rate is multiplied by." },
    { name = "patience", type = "integer", min = 1, max = 1000, default = 3, unit = "generations",
      doc = "Generations without progress before the rate falls." },
    { name = "threshold", type = "number", min = 0, max = 1, default = 0.001,
      doc = "The least fraction by which an objective has to be better to count as progress." },
  },
  make = rates.plateau,
}

apogee.register {
  point = "path_sampler", name = "progressive_shrinking",
  summary = "Trains the largest operations first and opens the smaller ones (Cai et al. 2020).",
  options = {
    { name = "order", type = "list", of = "text", count = { 1, 50 },
      default = { "sep5", "conv1x5_5x1", "dil5", "conv3", "sep3", "dil3", "avg", "max", "skip",
        "none" },
      doc = "The operations from large to small; those that a space lacks are passed over." },
    { name = "full_at", type = "number", min = 0.01, max = 1, default = 0.5,
      doc = "Fraction of the run's updates after which all operations are open." },
  },
  make = shrinking.sampler,
}
