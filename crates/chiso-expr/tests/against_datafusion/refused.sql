# division by zero
1 / 0
n / 0
n % 0
i8 / i8
d / 0
n / (n - n)
# values that do not fit
CAST(s AS INT)
CAST(i64 AS TINYINT)
CAST('x' AS INT)
CAST('x' AS BOOLEAN)
CAST(-1 AS INT UNSIGNED)
CAST(f64 AS INT)
CAST('2025-13-01' AS DATE)
CAST(1000 AS DECIMAL(3, 0)) + s
s = 1
abs(i8)
abs(i64)
sqrt(-1)
sqrt(f64)
power(0, -1)
substr(s, 1, -1)
round(i16, -2)
round(i32, -5)
round(u8, -1)
d < f64
CASE WHEN b THEN d ELSE f64 END
# CASE guards only the branch that is not taken
coalesce(i8, 10 / (n - 4))
# AND guards nothing where most rows need both sides
n <> 4 AND 10 / (n - 4) > 1
n IN (4, 9) AND 10 / (n - 1) > 0
round(u64, -1)
round(127::TINYINT, -1)
# types that do not meet
b + 1
s + 1
'1' + 1
s + s
b + b
b = 1
b = 'true'
b < 's'
-s
-b
-u8
+s
+b
NOT n
NOT s
n IS TRUE
s IS UNKNOWN
n AND b
b AND 1
s OR b
n LIKE '1'
s LIKE 1
b LIKE 'x'
n || n
b || b
NULL || NULL
n IN (b)
b IN (1)
n BETWEEN b AND 1
coalesce(b, 1)
coalesce(b, s)
coalesce(day, 1)
nullif(b, 1)
greatest(b, 1)
least(b, s)
CASE WHEN b THEN b ELSE 1 END
CASE WHEN b THEN b ELSE 's' END
CASE b WHEN 1 THEN 1 END
CASE n WHEN b THEN 1 END
CAST(day AS BOOLEAN)
CAST(b AS DATE)
# arguments
abs(s)
abs(b)
abs()
abs(1, 2)
sqrt(s)
ceil(s)
floor(b)
round(s)
round(n, 1.5)
round(n, 3000000000)
power(s, 2)
power(2)
power(b, 1)
ln(s)
lower(n)
upper(b)
trim(n)
trim(s, n)
substr(n, 1)
substr(s, i8)
substr(s, 1.0)
substr(s)
length()
nullif(1)
coalesce()
greatest()
# names
missing
missing + 1
nothing(n)
"N"
"S" = 'x'
# grammar
1 +
1_000
trim(LEADING FROM s)
(1
n n
n IN ()
CASE END
CASE WHEN b END
'open
n BETWEEN 1
CAST(n)
s LIKE 'x' ESCAPE ''
