import jsondiff

print(jsondiff.diff({"a": 1}, {"a": 2}))
