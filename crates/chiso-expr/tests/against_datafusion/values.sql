# literals
1
-1
18446744073709551615
-9223372036854775808
9223372036854775808
123456789012345678901234567890
1.5
.5
1e3
1E-2
'text'
'it''s'
E'tab\t'
$$dollar$$
''
TRUE
false
NULL
DATE '2025-07-01'
# columns
b
i8
u64
f64
d
s
sv
day
"n"
(n)
((n))
N
# arithmetic: one type
i8 + i8
i8 - i8
i8 * i8
i16 * i16
i32 + i32
i64 + i64
i64 - i64
i64 * i64
u8 + u8
u8 - u8
u64 + u64
f32 + f32
f64 * f64
d + d
d - d
d * d
# arithmetic: types meet
i8 + 1
i8 + i16
i8 + u8
i16 + u8
i32 + u32
u8 + u32
u16 + u32
u32 + i16
i64 + u32
u64 + i8
u64 + 1
u64 * i64
u64 - u64
i8 + f32
i64 + f32
i8 + f64
f32 + f64
u64 + f64
d + 1
d + i8
d * 2
d + i16
d + u64
d + 1.5
d * f32
d + f64
1 + 1
1 + 1.5
i8 / n
n / 2
n % 2
-n / 2
-n % 4
n / 2.0
7 / 2
-7 / 2
7 % -3
-7 % 3
7.5 % 2
f64 / 0.0
f64 / f64
f64 % 0.0
f32 / 0.0
d / n
d / 3
d % n
d / 7.0
1 / 3.0
i64 / n
i8 % n
u8 / n
NULL + 1
i8 + NULL
NULL + NULL
d * NULL
1 + 2 * 3
(1 + 2) * 3
n - 1 - 1
n - (1 - 1)
2 * n + 1
# signs
-i8
-i16
-i32
-i64
-n
-f64
-d
- -n
-(n + 1)
-NULL
+n
+f64
+1.5
# comparison
i8 = 1
i8 <> 1
i8 != 1
i8 < 1
i8 <= 1
i8 > 1
i8 >= 1
1 < n
i8 = i16
i8 < u8
u64 > i64
u64 = 18446744073709551615
i64 = 9223372036854775807
i64 = 9223372036854775807.0
i8 = 1.0
i8 < 1.5
f32 = 0.1
f32 = f64
f64 = 0
f64 = -0.0
f64 = 0.0
f64 < 0
f64 > 1
f64 = f64
f64 <> f64
f64 >= 123.456
f32 = 0
d = 123.45
d > 0
d = i8
d >= 0.5
b = TRUE
b = c
b < c
b <> FALSE
s = 'Hà Nội'
s < 'abc'
s = ls
ls = sv
sv = s
s = NULL
NULL = NULL
NULL < 1
n = '1'
'3' = n
num = 1
num < 10
num > i64
i8 = num
num = 1.0
day = '2025-07-01'
day < DATE '2000-01-01'
day >= '1970-01-01'
day = day
i8 IS DISTINCT FROM NULL
i8 IS NOT DISTINCT FROM i16
f64 IS DISTINCT FROM 0.0
NULL IS DISTINCT FROM NULL
s IS NOT DISTINCT FROM 'x'
# logic
b AND c
b OR c
NOT b
NOT NOT b
b AND TRUE
b AND FALSE
b OR TRUE
b OR FALSE
TRUE AND b
FALSE AND b
TRUE OR b
FALSE OR b
NULL AND b
b AND NULL
NULL OR b
b OR NULL
NULL AND NULL
NULL OR NULL
NOT NULL
NULL AND FALSE
NULL OR TRUE
n > 2 AND n < 5
n < 2 OR n > 5
n > 100 AND b
n > 0 AND b
n > 0 OR b
n = 9 AND b
n <> 9 OR b
n = 9 AND c
n = 4 AND i8 > 0
n <> 4 OR i8 > 0
n > 2 AND n < 5 OR b AND NOT c
(n = 9 OR c) AND b
b = (n > 2)
# up to a fifth of the rows, the right side is computed for these alone
n = 9 AND 10 / (n - 1) > 0
n <> 9 OR 10 / (n - 1) > 0
# IS
b IS NULL
b IS NOT NULL
b IS TRUE
b IS NOT TRUE
b IS FALSE
b IS NOT FALSE
b IS UNKNOWN
b IS NOT UNKNOWN
i8 IS NULL
s IS NOT NULL
NULL IS NULL
NULL IS TRUE
1 IS NULL
(i8 > 0) IS TRUE
(i8 > 0) IS NOT FALSE
# BETWEEN and IN
n BETWEEN 2 AND 4
n NOT BETWEEN 2 AND 4
i8 BETWEEN 0 AND 2.5
i8 BETWEEN NULL AND 2
n BETWEEN 4 AND 2
s BETWEEN 'a' AND 'b'
day BETWEEN '1970-01-01' AND '1971-01-01'
d BETWEEN -1 AND 1.5
3 BETWEEN n AND 4
num BETWEEN 1 AND 5
i16 IN (888, 999)
i16 IN (888)
i16 NOT IN (888, 999)
i16 IN (1, 2, 3, 4, 5, 888)
i16 NOT IN (1, 2, 3, 4, 5, 888)
i16 IN (888, NULL)
i16 NOT IN (888, NULL)
i16 NOT IN (1, 2, 3, 4, NULL)
i16 IN (NULL)
n IN (1, 2.5, 3)
n IN (i8, i16, 4)
n NOT IN (i8, i16, 4)
n IN (n)
n IN (n, NULL)
s IN ('12', 'x')
s IN ('12', 'x', '', 'a', 'b')
s NOT IN ('12', 'x', '', 'a', 'b')
sv IN ('12', 'x')
ls IN ('12', 'x', 'y', 'z')
num IN (1, 2, 3)
num IN ('1', '2', '3', '7')
n IN ('1', '2')
b IN (TRUE)
b IN (TRUE, NULL)
b IN (TRUE, FALSE)
d IN (123.45, 0)
d IN (1, 2, 3, 0)
d IN (0.5, 1.5, 2.5, 3.5)
day IN ('2025-07-01', '1970-01-01')
NULL IN (1, 2)
1 IN (1, NULL)
u64 IN (3, 4, -1)
f64 IN (0.1, 123.456, 5, 6)
# CASE
CASE WHEN n > 3 THEN 1 ELSE 0 END
CASE WHEN n > 3 THEN 1 END
CASE WHEN n > 3 THEN n ELSE -n END
CASE WHEN n > 3 THEN n WHEN n > 1 THEN 0 ELSE NULL END
CASE WHEN i16 IN (888, 999) THEN NULL WHEN i16 >= 3 THEN 1 ELSE 0 END
CASE WHEN b THEN 'yes' WHEN c THEN 'maybe' ELSE 'no' END
CASE WHEN b THEN s ELSE 'none' END
CASE WHEN b THEN sv ELSE s END
CASE WHEN b THEN ls ELSE s END
CASE WHEN b THEN i8 ELSE i16 END
CASE WHEN b THEN i8 ELSE 1.5 END
CASE WHEN b THEN i8 ELSE u64 END
CASE WHEN b THEN d ELSE 1 END
CASE WHEN b THEN 1 ELSE 'x' END
CASE WHEN b THEN s ELSE n END
CASE WHEN b THEN day ELSE '2020-02-29' END
CASE WHEN b THEN NULL ELSE NULL END
CASE WHEN NULL THEN 1 ELSE 2 END
CASE WHEN TRUE THEN n ELSE 0 END
CASE WHEN FALSE THEN n ELSE 0 END
CASE WHEN FALSE THEN n END
CASE WHEN n THEN 'odd' ELSE 'zero' END
CASE WHEN n <> 1 THEN 10 / (n - 1) ELSE 0 END
CASE WHEN n = 1 THEN 0 WHEN n = 2 THEN 5 ELSE 10 / (n - 1) END
CASE WHEN n = 1 THEN 0 ELSE CASE WHEN n = 2 THEN 1 ELSE 2 END END
CASE n WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE 'c' END
CASE n WHEN 1 THEN 'a' END
CASE n WHEN 1 THEN i8 WHEN 2 THEN i16 ELSE 0 END
CASE n WHEN i64 THEN 1 WHEN i8 THEN 2 ELSE 3 END
CASE i8 WHEN NULL THEN 1 ELSE 2 END
CASE i8 WHEN 1 THEN 1 WHEN 3 THEN NULL ELSE i8 END
CASE s WHEN '12' THEN 12 WHEN '' THEN 0 END
CASE n WHEN '1' THEN 'one' ELSE 'other' END
CASE n WHEN 1.5 THEN 0 WHEN 1.0 THEN 1 END
CASE b WHEN TRUE THEN 1 WHEN FALSE THEN 0 END
CASE n WHEN 1 THEN 0 ELSE 10 / (n - 1) END
CASE WHEN n > 3 THEN 1 WHEN n > 2 THEN 2 WHEN n > 1 THEN 3 WHEN n > 0 THEN 4 END
CASE WHEN b THEN i8 WHEN c THEN 5 ELSE n END
CASE WHEN b THEN s WHEN c THEN 'x' END
CASE i8 WHEN 300 THEN 1 WHEN -2 THEN 2 ELSE 3 END
CASE u8 WHEN -1 THEN 1 WHEN 255 THEN 2 END
CASE f64 WHEN 0.0 THEN 'zero' WHEN 0.1 THEN 'tenth' ELSE 'else' END
CASE i8 WHEN i16 THEN s WHEN n THEN sv END
# whole numbers of the text that do not fit into the column
i8 < 300
300 > i8
i8 IN (1, 300)
u8 > -1
u8 = 256
u8 BETWEEN -1 AND 5
i8 BETWEEN -2 AND 99
i64 = 18446744073709551615
i16 <> 40000
# a NULL operand is compared with nothing, so that no comparison fails on it
CASE nullif(n, 1) WHEN 10 / (n - 1) THEN 1 ELSE 0 END
# COALESCE and kin
coalesce(i8, 0)
coalesce(i8, i16, i32)
coalesce(i8)
coalesce(NULL, i8)
coalesce(NULL, NULL)
coalesce(i8, u64)
coalesce(i8, 1.5)
coalesce(d, 0)
coalesce(d, f64)
coalesce(s, 'x')
coalesce(s, sv)
coalesce(s, ls)
coalesce(b, c, FALSE)
coalesce(i8, num)
coalesce(day, DATE '2020-01-01')
coalesce(1, i8)
coalesce(n, 10 / (n - 4))
coalesce(i8, i16 / n, i32)
coalesce(i8, n, 10 / (n - 4))
coalesce(NULL, NULL, i8)
coalesce(i8, NULL, 5)
nullif(i8, 99)
nullif(i8, i16)
nullif(n, 1.5)
nullif(s, '')
nullif(sv, s)
nullif(NULL, 1)
nullif(1, NULL)
nullif(NULL, NULL)
nullif(1, 1)
nullif('a', 'b')
nullif(b, TRUE)
nullif(d, 0)
nullif(num, 3)
nullif(f64, 0.0)
greatest(i8, i16)
greatest(i8, 0)
greatest(i8, i16, i32, 5)
greatest(i8)
greatest(f64, f32)
greatest(f64, 0)
greatest(s, 'm')
greatest(s, sv)
greatest(d, 1)
greatest(u64, i64)
greatest(NULL, i8)
greatest(NULL, NULL)
greatest(1, 2)
greatest(1, NULL)
greatest(b, c)
greatest(day, '2000-01-01')
greatest(num, 5)
least(i8, i16)
least(i8, 0)
least(i8, i16, i32, 5)
least(f64, f32)
least(f64, 0)
least(s, 'm')
least(NULL, i8)
least(1, NULL, 3)
least(b, c)
# CAST
CAST(n AS INT)
CAST(n AS TINYINT)
CAST(n AS SMALLINT)
CAST(n AS BIGINT)
CAST(n AS TINYINT UNSIGNED)
CAST(n AS SMALLINT UNSIGNED)
CAST(n AS INT UNSIGNED)
CAST(n AS BIGINT UNSIGNED)
CAST(n AS FLOAT)
CAST(n AS REAL)
CAST(n AS DOUBLE)
CAST(n AS DOUBLE PRECISION)
CAST(n AS DECIMAL)
CAST(n AS DECIMAL(5))
CAST(n AS DECIMAL(10, 2))
CAST(n AS NUMERIC(38, 10))
CAST(n AS VARCHAR)
CAST(n AS VARCHAR(3))
CAST(n AS CHAR)
CAST(n AS TEXT)
CAST(n AS STRING)
CAST(n AS BOOLEAN)
CAST(b AS INT)
CAST(b AS DOUBLE)
CAST(b AS VARCHAR)
CAST(f64 AS VARCHAR)
CAST(f32 AS DOUBLE)
CAST(d AS DOUBLE)
CAST(d AS INT)
CAST(d AS DECIMAL(6, 1))
CAST(d AS VARCHAR)
CAST(num AS INT)
CAST(num AS DOUBLE)
CAST(num AS DECIMAL(6, 2))
CAST(' 5 ' AS VARCHAR)
CAST('1.5' AS DOUBLE)
CAST('true' AS BOOLEAN)
CAST('no' AS BOOLEAN)
CAST('2025-07-01' AS DATE)
CAST(day AS VARCHAR)
CAST(day AS INT)
CAST(NULL AS INT)
CAST(i8 AS BIGINT) + 1
CAST(1.5 AS INT)
CAST(-1.5 AS INT)
CAST(2.5 AS DECIMAL(3, 0))
n::DOUBLE
n::INT / 2
'5'::INT
CAST(n AS INT) = n
TRY_CAST(s AS INT)
TRY_CAST(s AS DOUBLE)
TRY_CAST(sv AS INT)
TRY_CAST(i64 AS TINYINT)
TRY_CAST(f64 AS INT)
TRY_CAST(i8 AS TINYINT UNSIGNED)
TRY_CAST(s AS BOOLEAN)
TRY_CAST(s AS DATE)
TRY_CAST(d AS DECIMAL(3, 2))
TRY_CAST('x' AS INT)
# LIKE
s LIKE '%a%'
s LIKE 'H%'
s LIKE '_'
s LIKE '__'
s LIKE ''
s LIKE '%'
s NOT LIKE '%2'
s LIKE NULL
NULL LIKE 'x'
NULL LIKE NULL
s LIKE s
s LIKE num
s LIKE '%\%%'
s LIKE '%\%%' ESCAPE '\'
s ILIKE 'å%'
s ILIKE '%STRÖM'
s NOT ILIKE 'HÀ%'
sv LIKE '%a%'
ls LIKE '%a%'
sv LIKE s
'abc' LIKE 'a_c'
label LIKE 'H%'
# text
s || 'x'
'x' || s || 'y'
s || s
s || sv
sv || 'abcdefghijklm'
ls || 'x'
s || n
n || s
s || b
s || f64
s || d
s || NULL
NULL || s
'a' || 'b'
s || day
lower(s)
lower(sv)
lower(ls)
lower('ABC')
lower(NULL)
upper(s)
upper(sv)
upper('straße')
lower('ΣΑΣ')
trim(s)
trim(sv)
trim(ls)
btrim(s)
ltrim(s)
rtrim(s)
trim(BOTH ' ' FROM s)
trim(LEADING ' x' FROM s)
trim(TRAILING '_ ' FROM s)
trim('12' FROM s)
btrim(s, ' _')
ltrim(s, num)
rtrim(s, '')
trim(s, 'x ')
trim(NULL)
trim('  a  ')
length(s)
length(sv)
length(ls)
char_length(s)
character_length('Ångström')
length(n)
length(b)
length(f64)
length(NULL)
length('')
substr(s, 2)
substr(s, 2, 3)
substr(s, 0)
substr(s, -1, 4)
substr(s, 100)
substr(s, 3, 0)
substr(s, n)
substr(s, n, 2)
substr(s, 1, n)
substr(s, i32, 1)
substr(sv, 2, 3)
substr(sv, n)
substr(ls, 3)
substr(s, NULL)
substr(s, 1, NULL)
substr(NULL, 1)
substr('Hà Nội', 1, 2)
substring(s, 2, 3)
substring(s FROM 2)
substring(s FROM 2 FOR 3)
substring(s FOR 3)
# numbers
abs(i8 + 0)
abs(n)
abs(-n)
abs(u8)
abs(f64)
abs(f32)
abs(d)
abs(NULL)
abs(-1.5)
round(f64)
round(f64, 1)
round(f64, -1)
round(f64, n)
round(f32)
round(f32, 2)
round(2.5)
round(-2.5)
round(0.5)
round(1.005, 2)
round(n)
round(n, 1)
round(n, -1)
round(i32, n)
round(i64, -19)
round(n, -2)
round(i32 / 2, -3)
round(i16 / 2, -2)
round(u64, -20)
round(d)
round(d, 1)
round(d, 5)
round(d, -1)
round(d, -5)
round(d, -7)
round(d, n)
round(NULL)
round(f64, NULL)
round(n, NULL)
round(d, NULL)
round(25, -1)
floor(f64)
floor(f32)
floor(d)
floor(n)
floor(-1.5)
floor(NULL)
ceil(f64)
ceil(f32)
ceil(d)
ceil(n)
ceil(-1.5)
ceil(NULL)
sqrt(n)
sqrt(u8)
sqrt(abs(f64))
sqrt(abs(f32))
sqrt(abs(d))
sqrt(NULL)
sqrt(2)
power(n, 2)
power(2, n)
power(2, 0.5)
power(f64, 2)
power(f32, n)
power(d, 2)
power(n, -1)
pow(n, 3)
power(NULL, 2)
power(-8, 0.5)
ln(n)
ln(f64)
ln(f32)
ln(0)
ln(-1)
ln(d)
log10(n)
log10(f32)
log10(1000)
exp(n)
exp(1)
exp(f32)
exp(f64)
exp(NULL)
# together
(coalesce(nullif(i16, 888), 0) + n) / 2.0 >= 1 AND s IS NOT NULL
CASE WHEN length(trim(s)) > 0 THEN upper(substr(trim(s), 1, 1)) ELSE '-' END
round(100.0 * n / nullif(i8, 0), 1)
greatest(0, least(1, (n - 1) / 4.0))
NOT (n IN (1, 2) OR b IS TRUE) AND d <> 0
