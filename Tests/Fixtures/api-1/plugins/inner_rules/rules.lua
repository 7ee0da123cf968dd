-- Inner steps: each returns (value, gradient, context) → the value after the step.

local rules = {}

function rules.sign_descent(options)
  return function(value, gradient) return value - gradient:sign() * options.rate end
end

function rules.clipped_descent(options)
  return function(value, gradient)
    local length = gradient:square():sum():sqrt()
    -- One where the gradient is short enough, else what is left of it.
    local factor = options.norm / length:maximum(options.norm)
    return value - gradient * factor * options.rate
  end
end

--- A step on the loss plus pull / 2 · |value − initial|².
function rules.proximal_descent(options)
  return function(value, gradient, context)
    return value - (gradient + (value - context.initial) * options.pull) * options.rate
  end
end

--- A classifier that stays as it is leaves all learning to the features before it.
function rules.boil(options)
  return function(value, gradient, context)
    if context.name:find("^classifier%.") then return value end
    return value - gradient * options.rate
  end
end

return rules
