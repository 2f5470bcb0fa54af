@NullMarked
package sluice.consumer.dispatch;

import org.jspecify.annotations.NullMarked;
