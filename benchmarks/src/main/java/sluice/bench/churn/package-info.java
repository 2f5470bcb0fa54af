/**
 * Members of a group that come, go, die and fall silent by chance while records are written: who
 * does it to them, the log of what each did, and what that log proves.
 */
@NullMarked
package sluice.bench.churn;

import org.jspecify.annotations.NullMarked;
