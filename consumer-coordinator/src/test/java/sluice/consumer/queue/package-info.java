@NullMarked
package sluice.consumer.queue;

import org.jspecify.annotations.NullMarked;
