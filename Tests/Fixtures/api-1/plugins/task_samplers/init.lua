local apogee = require "apogee"
local samplers = require "samplers"

apogee.register {
  point = "task_sampler", name = "uniform_classes",
  summary = "Every class alike, as the built-in uniform: a sampler to start from.",
  run = samplers.uniform_classes,
}

apogee.register {
  point = "task_sampler", name = "similar_classes",
  summary = "A share of the episodes takes its classes from one alphabet: the hard ones.",
  options = {
    { name = "share", type = "number", min = 0, max = 1, default = 0.5,
      doc = "Share of the episodes within one alphabet; the others draw every class alike." },
  },
  make = samplers.similar_classes,
}

apogee.register {
  point = "task_sampler", name = "alphabet_curriculum",
  summary = "Begins with a few alphabets and adds the others as training goes on.",
  options = {
    { name = "start", type = "number", min = 0, max = 1, default = 0.3,
      doc = "Share of the alphabets at the beginning." },
    { name = "full_at", type = "number", min = 0.01, max = 1, default = 0.5,
      doc = "Fraction of the run's updates after which all alphabets are open." },
  },
  make = samplers.alphabet_curriculum,
}

apogee.register {
  point = "task_sampler", name = "hard_classes",
  summary = "Prefers classes that training tasks told least well so far: class-hard mining.",
  options = {
    { name = "temperature", type = "number", min = 0.01, max = 100, default = 0.5,
      doc = "Accuracy by which a class is e times less likely; the larger, the more alike." },
    { name = "share", type = "number", min = 0, max = 1, default = 1,
      doc = "Share of the episodes that prefer; the others draw every class alike." },
  },
  make = samplers.hard_classes,
}

apogee.register {
  point = "task_sampler", name = "temperature",
  summary = "Alphabets by their number of classes to the power of 1 / temperature.",
  options = {
    { name = "temperature", type = "number", min = 0.1, max = 1000, default = 2,
      doc = "1 draws as many classes allow; the larger, the more alike are all alphabets." },
  },
  make = samplers.temperature,
}
