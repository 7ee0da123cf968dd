local apogee = require "apogee"
local rates = require "rates"
local shrinking = require "shrinking"

local least = {
  name = "least", type = "number", min = 0, max = 1, default = 0.01,
  doc = "Minimum factor of the outer learning rate.",
}

apogee.register {
  point = "schedule", name = "cosine",
  summary = "Cosine decay of the learning rate (Loshchilov, Hutter 2017).",
  options = { least },
  make = rates.cosine,
}

apogee.register {
  point = "schedule", name = "warm_restarts",
  summary = "Cosine decay with restarts, in longer and longer cycles (Loshchilov, Hutter 2017).",
  options = {
    least,
    { name = "cycles", type = "integer", min = 1, max = 20, default = 3, unit = "cycles",
      doc = "Number of cycles." },
    { name = "growth", type = "number", min = 1, max = 10, default = 2,
      doc = "Factor by which each cycle is longer than the previous one." },
  },
  make = rates.warm_restarts,
}

apogee.register {
  point = "schedule", name = "plateau",
  summary = "The learning rate decays when the best objective stops improving.",
  options = {
    least,
    { name = "factor", type = "number", min = 0.01, max = 1, default = 0.5,
      doc = "Factor for the rate." },
    { name = "patience", type = "integer", min = 1, max = 1000, default = 3, unit = "generations",
      doc = "Generations without progress before the rate decays." },
    { name = "threshold", type = "number", min = 0, max = 1, default = 0.001,
      doc = "Minimum relative improvement of the objective that counts as progress." },
  },
  make = rates.plateau,
}

apogee.register {
  point = "path_sampler", name = "progressive_shrinking",
  summary = "Trains the largest operations first, then adds smaller ones (Cai et al. 2020).",
  options = {
    { name = "order", type = "list", of = "text", count = { 1, 50 },
      default = { "sep5", "conv1x5_5x1", "dil5", "conv3", "sep3", "dil3", "avg", "max", "skip",
        "none" },
      doc = "The operations from large to small; operations that the space lacks are ignored." },
    { name = "full_at", type = "number", min = 0.01, max = 1, default = 0.5,
      doc = "Fraction of the run's updates after which all operations are used." },
  },
  make = shrinking.sampler,
}
