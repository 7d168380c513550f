-- What sampling error leaves open of a score: its interval, the ranks that are possible, and the
-- probability of its group. Editions published before have none; the triggers of 0001 still hold.

ALTER TABLE score ADD COLUMN lo REAL;
ALTER TABLE score ADD COLUMN hi REAL;
ALTER TABLE score ADD COLUMN rank_lo INTEGER;
ALTER TABLE score ADD COLUMN rank_hi INTEGER;
ALTER TABLE score ADD COLUMN group_probability REAL;
