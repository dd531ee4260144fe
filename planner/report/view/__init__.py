"""What each section of the report says, as blocks that both outputs print."""
