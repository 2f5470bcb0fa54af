/** Words that writing and reading share: where a record belongs, and what it carries. */
@NullMarked
package sluice.client.record;

import org.jspecify.annotations.NullMarked;
