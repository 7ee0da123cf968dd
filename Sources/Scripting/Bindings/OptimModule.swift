import LuaHost

/// `apogee.optim`: optimizers as values, written in Lua over tensors.
///
/// `local step, state = optim.adam { learning_rate = 1e-3 }, {}`, then
/// `parameters, state = step(parameters, gradients, state)`: tables in, tables out, nothing hidden.
enum OptimModule {
    static let source = """
        local optim = {}

        local function check(name, options, known)
          if type(options) ~= "table" then
            error(name .. ": expected a table of options, found " .. type(options), 3)
          end
          for key in pairs(options) do
            if known[key] == nil then
              local names = {}
              for each in pairs(known) do names[#names + 1] = each end
              error(name .. ": unknown option '" .. tostring(key) .. "'; it takes "
                .. table.concat(names, ", "), 3)
            end
          end
          local result = {}
          for key, default in pairs(known) do
            local value = options[key]
            if value == nil then value = default end
            if type(value) ~= "number" then
              error(name .. ": " .. key .. ": expected a number, found " .. type(value), 3)
            end
            result[key] = value
          end
          return result
        end

        -- Tables may lie in tables, as gradients of `grad` do; the state knows a tensor by its path.
        local function walk(name, parameters, gradients, update, above, level)
          local moved = {}
          for key, value in pairs(parameters) do
            local gradient = gradients[key]
            local path = above and above .. "/" .. tostring(key) or key
            if gradient == nil then
              moved[key] = value
            elseif (type(value) == "table") ~= (type(gradient) == "table") then
              error(name .. ": " .. path .. ": the parameter is a " .. type(value)
                .. " and its gradient a " .. type(gradient), level)
            elseif type(value) == "table" then
              moved[key] = walk(name, value, gradient, update, tostring(path), level + 1)
            else
              moved[key] = update(path, value, gradient)
            end
          end
          return moved
        end

        local function each(name, parameters, gradients, update)
          if type(parameters) ~= "table" or type(gradients) ~= "table" then
            error(name .. ": expected step(parameters, gradients, state), found "
              .. type(parameters) .. " and " .. type(gradients), 3)
          end
          return walk(name, parameters, gradients, update, nil, 4)
        end

        function optim.sgd(options)
          local o = check("sgd", options,
            { learning_rate = 0.01, momentum = 0, weight_decay = 0 })
          return function(parameters, gradients, state)
            local velocity = {}
            local before = state and state.velocity or {}
            local moved = each("sgd", parameters, gradients, function(key, value, gradient)
              local slope = o.weight_decay == 0 and gradient
                or gradient + value * o.weight_decay
              if o.momentum ~= 0 and before[key] then slope = before[key] * o.momentum + slope end
              velocity[key] = slope
              return value - slope * o.learning_rate
            end)
            return moved, { velocity = o.momentum ~= 0 and velocity or nil }
          end
        end

        -- Decay is part of the gradient (Adam), or a step of its own before it (AdamW).
        local function moments(name, o, decoupled)
          return function(parameters, gradients, state)
            state = state or {}
            local old1, old2, steps = state.first or {}, state.second or {}, state.steps or {}
            local first, second, counts = {}, {}, {}
            for key, count in pairs(steps) do
              first[key], second[key], counts[key] = old1[key], old2[key], count
            end
            local moved = each(name, parameters, gradients, function(key, value, gradient)
              local slope = gradient
              if o.weight_decay ~= 0 then
                if decoupled then
                  value = value * (1 - o.learning_rate * o.weight_decay)
                else
                  slope = gradient + value * o.weight_decay
                end
              end
              local count = (steps[key] or 0) + 1
              local m = slope * (1 - o.beta1)
              local v = slope:square() * (1 - o.beta2)
              if old1[key] then
                m, v = old1[key] * o.beta1 + m, old2[key] * o.beta2 + v
              end
              first[key], second[key], counts[key] = m, v, count
              local rate = o.learning_rate / (1 - o.beta1 ^ count)
              local root = (v * (1 / (1 - o.beta2 ^ count))):sqrt() + o.epsilon
              return value - m * rate / root
            end)
            return moved, { first = first, second = second, steps = counts }
          end
        end

        function optim.adam(options)
          return moments("adam", check("adam", options, { learning_rate = 1e-3, beta1 = 0.9,
            beta2 = 0.999, epsilon = 1e-8, weight_decay = 0 }), false)
        end

        function optim.adamw(options)
          return moments("adamw", check("adamw", options, { learning_rate = 1e-3, beta1 = 0.9,
            beta2 = 0.999, epsilon = 1e-8, weight_decay = 0.01 }), true)
        end

        return optim
        """

    /// The module, loaded into an environment that the sandbox makes.
    static func table(_ context: LuaContext, _ sandbox: Sandbox) throws -> LuaTable {
        let results = try sandbox.run(source, chunk: .embedded("optim"))
        guard let table = results.first?.table else {
            throw LuaError(kind: .runtime, message: "optim: the module returned no table")
        }
        return try context.readOnly(table, name: "optim")
    }
}
