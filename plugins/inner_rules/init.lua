local apogee = require "apogee"
local rules = require "rules"

local function rate(default, doc)
  return { name = "rate", type = "number", min = 1e-6, max = 100, default = default, doc = doc }
end

apogee.register {
  point = "learner", name = "sign_descent",
  summary = "Steps of fixed size against the sign of the gradient.",
  options = { rate(0.01, "How far each weight moves in a step.") },
  make = rules.sign_descent,
}

apogee.register {
  point = "learner", name = "clipped_descent",
  summary = "Gradient descent with the gradient of each parameter tensor clipped by norm.",
  options = {
    rate(0.1, "Step size."),
    { name = "norm", type = "number", min = 1e-6, max = 1e6, default = 1,
      doc = "Norm above which a tensor's gradient is scaled down." },
  },
  make = rules.clipped_descent,
}

apogee.register {
  point = "learner", name = "proximal_descent",
  summary = "Gradient descent with a pull back to the meta-learned weights.",
  options = {
    rate(0.1, "Step size."),
    { name = "pull", type = "number", min = 0, max = 100, default = 1,
      doc = "Weight of half the squared distance from the meta-learned weights." },
  },
  make = rules.proximal_descent,
}

apogee.register {
  point = "learner", name = "boil",
  summary = "Gradient descent on everything except the classifier: the opposite of ANIL.",
  options = { rate(0.1, "Step size.") },
  make = rules.boil,
}
