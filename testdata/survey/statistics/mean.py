import pandas

print(pandas.Series([1, 2, 3]).mean())
