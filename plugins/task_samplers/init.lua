local apogee = require "apogee"
local samplers = require "samplers"

apogee.register {
  point = "task_sampler", name = "uniform_classes",
  summary = "All classes equally likely, like the built-in uniform: a starting point.",
  run = samplers.uniform_classes,
}

apogee.register {
  point = "task_sampler", name = "similar_classes",
  summary = "A fraction of the episodes takes all classes from one alphabet: harder tasks.",
  options = {
    { name = "share", type = "number", min = 0, max = 1, default = 0.5,
      doc = "Fraction of episodes within one alphabet; the others draw uniformly." },
  },
  make = samplers.similar_classes,
}

apogee.register {
  point = "task_sampler", name = "alphabet_curriculum",
  summary = "Starts with a few alphabets and adds the others during training.",
  options = {
    { name = "start", type = "number", min = 0, max = 1, default = 0.3,
      doc = "Fraction of the alphabets at the start." },
    { name = "full_at", type = "number", min = 0.01, max = 1, default = 0.5,
      doc = "Fraction of the run's updates after which all alphabets are used." },
  },
  make = samplers.alphabet_curriculum,
}

apogee.register {
  point = "task_sampler", name = "hard_classes",
  summary = "Prefers classes with low accuracy in training tasks so far: class-hard mining.",
  options = {
    { name = "temperature", type = "number", min = 0.01, max = 100, default = 0.5,
      doc = "Accuracy difference that makes a class e times less likely; larger is more uniform." },
    { name = "share", type = "number", min = 0, max = 1, default = 1,
      doc = "Fraction of episodes that prefer such classes; the others draw uniformly." },
  },
  make = samplers.hard_classes,
}

apogee.register {
  point = "task_sampler", name = "temperature",
  summary = "Draws alphabets by their number of classes to the power of 1 / temperature.",
  options = {
    { name = "temperature", type = "number", min = 0.1, max = 1000, default = 2,
      doc = "1 draws in proportion to the number of classes; larger is more uniform." },
  },
  make = samplers.temperature,
}
