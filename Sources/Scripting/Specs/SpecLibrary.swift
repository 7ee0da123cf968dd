/// The Lua side of specs: what `expect` offers. It is code of the host, so that a failure stands at
/// the spec's own line.
enum SpecLibrary {
    /// A chunk that returns `expect`.
    static let text = #"""
        local function text(value, depth)
          if type(value) == "string" then return string.format("%q", value) end
          if type(value) ~= "table" then return tostring(value) end
          if depth > 3 then return "{ … }" end
          local parts, count = {}, 0
          for key, item in pairs(value) do
            count = count + 1
            if count > 20 then parts[#parts + 1] = "…" break end
            if math.type(key) == "integer" and key == #parts + 1 and key == count then
              parts[count] = text(item, depth + 1)
            else
              parts[#parts + 1] = "[" .. text(key, depth + 1) .. "] = " .. text(item, depth + 1)
            end
          end
          if #parts == 0 then return "{}" end
          return "{ " .. table.concat(parts, ", ") .. " }"
        end

        -- The first place where two values differ, as a path and a sentence; nil if nowhere.
        local function difference(found, expected, path, above)
          if found == expected or (found ~= found and expected ~= expected) then return nil end
          if type(found) ~= "table" or type(expected) ~= "table" then
            return path .. ": expected " .. text(expected, 0) .. ", found " .. text(found, 0)
          end
          if above[found] == expected then return nil end
          above[found] = expected
          for key, value in pairs(expected) do
            local name = path .. "[" .. text(key, 3) .. "]"
            local problem = difference(found[key], value, name, above)
            if problem then return problem end
          end
          for key, value in pairs(found) do
            if expected[key] == nil then
              return path .. "[" .. text(key, 3) .. "]: expected nothing, found " .. text(value, 0)
            end
          end
          above[found] = nil
          return nil
        end

        local function contains(list, value)
          if type(list) == "string" then return string.find(list, value, 1, true) ~= nil end
          for _, item in pairs(list) do
            if not difference(item, value, "", {}) then return true end
          end
          return false
        end

        -- Each check returns whether it holds, and what to say if it should and does not.
        local checks = {}

        function checks.to_equal(found, expected)
          local problem = difference(found, expected, "value", {})
          if not problem then return true end
          problem = string.gsub(problem, "^value: ", "")
          return false, problem
        end

        function checks.to_be(found, expected)
          return rawequal(found, expected),
            "expected the same " .. text(expected, 0) .. ", found " .. text(found, 0)
        end

        function checks.to_be_near(found, expected, tolerance)
          tolerance = tolerance or 1e-9
          local holds = type(found) == "number" and math.abs(found - expected) <= tolerance
          return holds, "expected " .. text(expected, 0) .. " ± " .. tolerance .. ", found "
            .. text(found, 0)
        end

        function checks.to_be_true(found)
          return found == true, "expected true, found " .. text(found, 0)
        end

        function checks.to_be_false(found)
          return found == false, "expected false, found " .. text(found, 0)
        end

        function checks.to_be_nil(found)
          return found == nil, "expected nil, found " .. text(found, 0)
        end

        function checks.to_be_a(found, kind)
          local real = math.type(found) == kind and kind or type(found)
          return real == kind, "expected a value of type " .. kind .. ", found " .. text(found, 0)
        end

        function checks.to_be_above(found, bound)
          return found > bound, "expected above " .. text(bound, 0) .. ", found " .. text(found, 0)
        end

        function checks.to_be_below(found, bound)
          return found < bound, "expected below " .. text(bound, 0) .. ", found " .. text(found, 0)
        end

        function checks.to_be_between(found, low, high)
          return found >= low and found <= high,
            "expected " .. text(low, 0) .. " to " .. text(high, 0) .. ", found " .. text(found, 0)
        end

        function checks.to_have_length(found, count)
          return #found == count, "expected a length of " .. count .. ", found " .. #found
        end

        function checks.to_contain(found, value)
          return contains(found, value), "expected " .. text(found, 0) .. " to contain "
            .. text(value, 0)
        end

        function checks.to_match(found, pattern)
          return type(found) == "string" and string.find(found, pattern) ~= nil,
            "expected text like " .. text(pattern, 0) .. ", found " .. text(found, 0)
        end

        function checks.to_fail(found, words)
          local passed, problem = pcall(found)
          if passed then return false, "expected an error, found none" end
          if words == nil then return true end
          problem = tostring(problem)
          return string.find(problem, words, 1, true) ~= nil,
            "expected an error that says " .. text(words, 0) .. ", found " .. text(problem, 0)
        end

        local function unknown(_, key)
          local names = {}
          for name in pairs(checks) do names[#names + 1] = name end
          error("expect has no check '" .. tostring(key) .. "'; there are "
            .. table.concat(names, ", "), 2)
        end

        return function(found)
          local expectation, never = {}, {}
          for name, check in pairs(checks) do
            expectation[name] = function(_, ...)
              local holds, problem = check(found, ...)
              if not holds then error(problem, 2) end
            end
            never[name] = function(_, ...)
              if check(found, ...) then
                error("expected never " .. name .. ", found " .. text(found, 0), 2)
              end
            end
          end
          expectation.never = setmetatable(never, { __index = unknown })
          return setmetatable(expectation, { __index = unknown })
        end
        """#
}
