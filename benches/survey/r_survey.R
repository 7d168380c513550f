# Means with errors by province with R's survey package: Rscript r_survey.R COLUMNS.csv OUT.csv TIMES.csv REPLICATES
#
# COLUMNS.csv holds province, vstrat, vpsu, w and the variables. REPLICATES is 0 for Taylor errors, else the number of
# replicates of the bootstrap with n - 1 draws. TIMES.csv gets the seconds of the part that grows with the number of
# variables, for the caller to extrapolate: wall and processor time.
arguments <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(survey))
if (requireNamespace("data.table", quietly = TRUE)) {
  answers <- as.data.frame(data.table::fread(arguments[1]))
} else {
  answers <- read.csv(arguments[1])
}
variables <- setdiff(names(answers), c("province", "vstrat", "vpsu", "w"))
design <- svydesign(ids = ~vpsu, strata = ~vstrat, weights = ~w, data = answers)
replicates <- as.integer(arguments[4])
if (replicates > 0) {
  set.seed(2026)
  design <- as.svrepdesign(design, type = "subbootstrap", replicates = replicates)
}
start <- proc.time()
rows <- lapply(variables, function(variable) {
  # One call a variable: with several in one formula, na.rm drops every row that lacks any of them.
  found <- svyby(reformulate(variable), ~province, design, svymean, na.rm = TRUE)
  data.frame(variable = variable, province = found$province, mean = sprintf("%.17g", coef(found)),
             se = sprintf("%.17g", SE(found)))
})
took <- proc.time() - start
write.csv(do.call(rbind, rows), arguments[2], row.names = FALSE, quote = FALSE)
write.csv(data.frame(variables = length(variables), wall_s = took[["elapsed"]],
                     cpu_s = took[["user.self"]] + took[["sys.self"]]),
          arguments[3], row.names = FALSE)
