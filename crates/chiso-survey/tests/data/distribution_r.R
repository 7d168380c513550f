# Writes distribution_r.csv: values of R's own distribution functions (package stats) on a grid.
# usage: Rscript distribution_r.R > distribution_r.csv
f17 <- function(x) ifelse(is.infinite(x), ifelse(x > 0, "inf", "-inf"), formatC(x, digits = 17, format = "g", width = 1))
row <- function(fun, x, a = NA, b = NA, value)
  cat(paste(fun, f17(x), ifelse(is.na(a), "", f17(a)), ifelse(is.na(b), "", f17(b)), f17(value), sep = ","), sep = "\n")
cat("function,x,a,b,value\n")
p <- c(1e-300, 1e-100, 1e-20, 1e-10, 1e-5, .001, .025, .05, .1, .3, .4999, .5, .7, .95, .975, .999, 1 - 1e-10)
z <- c(-37, -20, -8, -3, -1.96, -1, -1e-8, 0, 1e-3, .5, 1.4999, 1.5, 2.5, 6, 15, 38)
df <- c(.5, 1, 1.5, 2, 3, 14, 36.7, 100, 1e3, 1e5, 1e6, Inf)
row("qnorm", p, value = qnorm(p)); row("pnorm", z, value = pnorm(z))
for (d in df) { row("qt", p, d, value = qt(p, d)); row("pt", z, d, value = pt(z, d)) }
k <- c(.001, .5, 1, 2, 2.7, 5, 16, 250, 1e4, 1e6)
for (d in k) { x <- if (d < 300) d * c(1e-3, .1, .5, .9, 1, 1.1, 2, 5) else d + sqrt(2 * d) * c(-6, -2, -.5, 0, .5, 2, 6)
  row("pchisq", x, d, value = pchisq(x, d)); row("pchisq_upper", x, d, value = pchisq(x, d, lower.tail = FALSE))
  row("qchisq", p, d, value = qchisq(p, d)) }
shape <- c(.01, .5, 1, 3.3, 20, 177.4, 5e3, 1e6)
for (a in shape) for (b in shape) { m <- a / (a + b); s <- sqrt(m * (1 - m) / (a + b + 1))
  x <- m + s * c(-6, -2, -.5, 0, .5, 2, 6); x <- x[x > 0 & x < 1]
  if (length(x)) { row("pbeta", x, a, b, pbeta(x, a, b)); row("pbeta_upper", x, a, b, pbeta(x, a, b, lower.tail = FALSE)) }
  row("qbeta", p[5:16], a, b, qbeta(p[5:16], a, b)) }
for (d1 in c(1, 1.49, 4, 30, 1e4)) for (d2 in c(1, 8.5, 20.9, 300, 1e6, Inf)) { x <- c(1e-6, .01, .5, 1, 2, 5.19, 40, 1e4)
  row("pf_upper", x, d1, d2, pf(x, d1, d2, lower.tail = FALSE)); row("pf", x, d1, d2, pf(x, d1, d2)); row("qf", p[5:16], d1, d2, qf(p[5:16], d1, d2)) }
