local apogee = require "apogee"
local rules = require "rules"

local function rate(default, doc)
  return { name = "rate", type = "number", min = 1e-6, max = 100, default = default, doc = doc }
end

apogee.register {
  point = "learner", name = "sign_descent",
  summary = "Steps of one length against the gradient's sign, whatever its size.",
  options = { rate(0.01, "How far each weight moves in a step.") },
  make = rules.sign_descent,
}

apogee.register {
  point = "learner", name = "clipped_descent",
  summary = "Gradient descent; the gradient of each parameter tensor is at most so long.",
  options = {
    rate(0.1, "Step size."),
    { name = "norm", type = "number", min = 1e-6, max = 1e6, default = 1,
      doc = "Length above which a tensor's gradient is scaled down." },
  },
  make = rules.clipped_descent,
}

apogee.register {
  point = "learner", name = "proximal_descent",
  summary = "Gradient descent that is pulled back to the meta-learned weights.",
  options = {
    rate(0.1, "Step size."),
    { name = "pull", type = "number", min = 0, max = 100, default = 1,
      doc = "Weight of half the squared distance from where the inner loop began." },
  },
  make = rules.proximal_descent,
}

apogee.register {
  point = "learner", name = "boil",
  summary = "Gradient descent of all but the classifier: the opposite of ANIL.",
  options = { rate(0.1, "Step size.") },
  make = rules.boil,
}
