-- A library: other plugins require its files, and it registers nothing.
return require "members"
