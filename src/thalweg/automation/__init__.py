"""What happens, told to those who may know: the event stream; later, when X do Y."""
