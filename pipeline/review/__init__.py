"""A local page on which a person accepts, corrects and adds statements; what it saves is gold."""
