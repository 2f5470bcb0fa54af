@NullMarked
package sluice.log;

import org.jspecify.annotations.NullMarked;
