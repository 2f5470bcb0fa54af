@NullMarked
package sluice.consumer.stream;

import org.jspecify.annotations.NullMarked;
